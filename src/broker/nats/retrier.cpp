#include "broker/nats/retrier.hpp"

#include "broker/nats/header_view.hpp"
#include "broker/nats/schedule.hpp"

namespace evd::broker_nats {

namespace {

timestamp now() {
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

std::uint32_t attempt_in(const stored_message& of) {
  const auto head = decode_retry(header_view{of.content.get()});
  return head ? head->attempt : 0;
}

}  // namespace

struct retrier::one final : public publish_target, public std::enable_shared_from_this<one> {
  retrier* of = nullptr;
  port::retry_request retry;
  written done;
  bool asked = false;  // what it follows is known from the server itself

  void published(std::uint32_t, publish_outcome&& outcome) override {
    using kind = publish_outcome::kind;
    switch (outcome.what) {
      case kind::stored:
        done(true);
        return;
      case kind::duplicate:
        done(outcome.repeated);
        return;
      case kind::failed:
        done(std::move(outcome.why));
        return;
      case kind::wrong_sequence:
        break;
    }
    const auto self = shared_from_this();
    if (!outcome.repeated && !asked) {
      of->later_([self] { self->of->ask(self); });
    } else if (!outcome.repeated) {
      done(false);
    } else {
      // Sent twice: the first one may be what stands in the way of the second.
      of->later_([self] {
        const auto there = self->of->is_there(*self, nullptr);
        if (there) {
          self->done(true);
        } else {
          self->done(there.error());
        }
      });
    }
  }
};

void retrier::write(port::retry_request retry, const std::optional<feed::in_hand>& before, written done) {
  auto what = std::make_shared<one>();
  what->of = this;
  what->retry = std::move(retry);
  what->done = std::move(done);
  if (before && what->retry.position.epoch == 0) what->retry.position = before->delivery.position;
  const bool null = std::visit([](const auto& item) { return item == nullptr; }, what->retry.item);
  if (null && before) what->retry.item = before->delivery.item;
  if (null && !before) {
    what->done(error{errc::invalid_input, "write retry", "it does not bring its event along", "", {}});
    return;
  }
  if (before && before->delivery.attempt + 1 == what->retry.attempt) {
    send(what, before->delivery.attempt == 1 ? 0 : before->sequence);
  } else {
    later_([this, what] { ask(what); });
  }
}

result<bool> retrier::is_there(const one& what, std::uint64_t* follows) {
  const subscription_key key{what.retry.module, what.retry.subscription};
  const auto item = what.retry.event.to_string();
  const auto waiting = server_.last_of(called_.schedules_stream(), called_.scheduled_retry(key, item));
  if (!waiting) return waiting.error();
  const auto made = server_.last_of(called_.log_stream(), called_.retry(key, item));
  if (!made) return made.error();
  if (follows != nullptr) *follows = *made ? (*made)->sequence : 0;
  return waiting->has_value() || (*made && attempt_in(**made) >= what.retry.attempt);
}

void retrier::ask(const std::shared_ptr<one>& what) {
  what->asked = true;
  std::uint64_t follows = 0;
  const auto there = is_there(*what, &follows);
  if (!there) {
    what->done(there.error());
  } else if (*there) {
    what->done(false);
  } else {
    send(what, follows);
  }
}

void retrier::send(const std::shared_ptr<one>& what, std::uint64_t follows) {
  std::vector<outgoing> all;
  all.push_back(what->retry.due <= now() ? retry_now(what->retry, follows, called_)
                                         : scheduled_retry(what->retry, follows, called_));
  publisher_.send(std::move(all), what);
}

}  // namespace evd::broker_nats
