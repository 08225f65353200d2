#include "core/settlement.hpp"

#include <iterator>
#include <memory>
#include <utility>

#include "core/ids.hpp"

namespace evd::core {

namespace {

// Cuts between UTF-8 characters.
void shorten(std::string& text, std::size_t size) {
  constexpr std::string_view mark = "... (cut)";
  if (text.size() <= size) return;
  std::size_t end = size - mark.size();
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) --end;
  text.resize(end);
  text += mark;
}

failure bounded(failure what) {
  shorten(what.type, 512);
  shorten(what.message, max_failure_message);
  shorten(what.stack, max_failure_stack);
  return what;
}

// What the records of events and of durable commands have in common.
struct subject_of_delivery {
  event_id item;
  command_id command;
  const std::string& subject;
};

subject_of_delivery subject_of(const port::delivery& delivery) {
  if (const auto* event = std::get_if<std::shared_ptr<const event_record>>(&delivery.item)) {
    return {(*event)->id, (*event)->command, (*event)->subject};
  }
  const auto& command = *std::get<std::shared_ptr<const command_record>>(delivery.item);
  return {event_id{command.id}, command.id, command.name};
}

class writer {
 public:
  writer(port::write& into, const delivery_state& state, const settlement_context& context, handler_yield yield,
         timestamp now)
      : into_(into),
        state_(state),
        context_(context),
        what_(subject_of(context.delivery)),
        is_command_(context.delivery.item.index() == 1),
        yield_(std::move(yield)),
        now_(now) {}

  void operator()(const handled&) {
    std::vector<event_id> published;
    published.reserve(yield_.published.size());
    for (const auto& event : yield_.published) published.push_back(event.id);
    into_.events.insert(into_.events.end(), std::make_move_iterator(yield_.published.begin()),
                        std::make_move_iterator(yield_.published.end()));
    if (is_command_) {
      end_command(command_status::succeeded, std::move(published));
    } else {
      outcome_record outcome;
      describe(outcome);
      outcome.attempt = state_.attempt;
      outcome.published = std::move(published);
      into_.journal.emplace_back(std::move(outcome));
    }
    acknowledge();
  }

  void operator()(const retry& next) {
    journal_attempt(next.due);
    const auto& key = context_.subscription;
    into_.retries.push_back({{what_.item, what_.command, key.module, key.name, next.attempt, next.due},
                             context_.delivery.item,
                             context_.delivery.position});
    acknowledge();
  }

  void operator()(const retry_in_place& next) { journal_attempt(next.due); }

  void operator()(const dead_letter& given_up) {
    journal_attempt(std::nullopt);
    if (is_command_) {
      end_command(command_status::failed, {});
    } else {
      dead_letter_record letter;
      letter.id = derive_dead_letter_id(what_.item, context_.subscription.module, context_.subscription.name);
      letter.event = what_.item;
      letter.command = what_.command;
      letter.subject = what_.subject;
      letter.module = context_.subscription.module;
      letter.subscription = context_.subscription.name;
      letter.attempts = state_.attempt;
      letter.reason = given_up.reason;
      letter.failure = bounded(state_.failure);
      letter.at = now_;
      letter.instance = context_.instance;
      into_.journal.emplace_back(std::move(letter));
    }
    acknowledge();
  }

 private:
  void acknowledge() { into_.acknowledged.push_back(context_.delivery.token); }

  void describe(auto& record) const {
    record.event = what_.item;
    record.command = what_.command;
    record.subject = what_.subject;
    record.module = context_.subscription.module;
    record.subscription = context_.subscription.name;
    record.started_at = state_.started_at;
    record.duration = state_.duration;
    record.instance = context_.instance;
  }

  void journal_attempt(std::optional<timestamp> retry_at) {
    attempt_record attempt;
    describe(attempt);
    attempt.number = state_.attempt;
    attempt.failure = bounded(state_.failure);
    attempt.retry_at = retry_at;
    into_.journal.emplace_back(std::move(attempt));
  }

  void end_command(command_status status, std::vector<event_id> published) {
    const auto& command = *std::get<std::shared_ptr<const command_record>>(context_.delivery.item);
    command_outcome_record outcome;
    outcome.command = command.id;
    outcome.module = command.module;
    outcome.name = command.name;
    outcome.status = status;
    outcome.ended_at = now_;
    outcome.duration = state_.duration;
    outcome.result = std::move(yield_.result);
    if (status != command_status::succeeded) outcome.failure = bounded(state_.failure);
    outcome.published = std::move(published);
    outcome.instance = context_.instance;
    into_.journal.emplace_back(std::move(outcome));
  }

  port::write& into_;
  const delivery_state& state_;
  const settlement_context& context_;
  subject_of_delivery what_;
  bool is_command_;
  handler_yield yield_;
  timestamp now_;
};

}  // namespace

void append_settlement(port::write& into, const delivery_state& state, const settlement_context& context,
                       handler_yield yield, timestamp now) {
  std::visit(writer(into, state, context, std::move(yield), now), state.decided);
}

}  // namespace evd::core
