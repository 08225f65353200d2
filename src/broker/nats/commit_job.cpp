#include "broker/nats/commit_job.hpp"

#include <algorithm>
#include <utility>

#include "broker/nats/schedule.hpp"

namespace evd::broker_nats {

namespace {

timestamp now() {
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

}  // namespace

void commit_job::start() {
  if (begin(part::commands)) {
    arrived(1);
  } else {
    go_on();
  }
}

void commit_job::go_on() {
  for (;;) {
    std::unique_lock hold{mutex_};
    if (failed_ || at_ == part::over) {
      hold.unlock();
      end();
      return;
    }
    at_ = static_cast<part>(static_cast<int>(at_) + 1);
    const auto which = at_;
    hold.unlock();
    if (which == part::over) continue;
    if (begin(which)) {
      arrived(1);
      return;
    }
  }
}

// `missing_` is one more than there are answers to come, until everything of the part was handed over.
bool commit_job::begin(part which) {
  switch (which) {
    case part::commands: {
      if (what_.commands.empty()) return false;
      std::vector<outgoing> all;
      for (const auto& command : what_.commands) {
        all.push_back({with_.called.command(command.name, command.mode), encode(command), command.input.text, 0});
      }
      missing_ = all.size() + 1;
      with_.over.send(std::move(all), shared_from_this());
      return true;
    }
    case part::events:
      if (what_.events.empty()) return false;
      begin_events();
      return true;
    case part::journal:
      if (what_.journal.empty()) return false;
      missing_ = 2;
      with_.journal.add(what_.journal, [self = shared_from_this()](const result<std::uint64_t>& stored) {
        if (!stored) {
          self->fail(stored.error());
        } else {
          const std::lock_guard hold{self->mutex_};
          if (self->last_.epoch == 0) self->last_ = {self->with_.journal_epoch, *stored};
        }
        self->arrived(1);
      });
      return true;
    case part::retries:
      if (what_.retries.empty()) return false;
      begin_retries();
      return true;
    case part::acknowledgements:
      for (const auto& token : what_.acknowledged) with_.settle(token);
      return false;
    case part::over:
      return false;
  }
  return false;
}

void commit_job::begin_events() {
  duplicate_.assign(what_.events.size(), false);
  const auto present = now();
  std::vector<outgoing> all;
  all.reserve(what_.events.size());
  for (std::size_t i = 0; i < what_.events.size(); ++i) {
    const auto& event = what_.events[i];
    if (event.not_before && *event.not_before > present) {
      all.push_back(scheduled_event(event, with_.called));
    } else {
      all.push_back({with_.called.event(event.subject), encode(event), event.data.text, 0});
    }
    all.back().tag = static_cast<std::uint32_t>(i);
  }
  missing_ = all.size() + 1;
  with_.over.send(std::move(all), shared_from_this());
}

void commit_job::begin_retries() {
  waiting_.assign(what_.retries.size(), false);
  missing_ = what_.retries.size() + 1;
  for (std::size_t i = 0; i < what_.retries.size(); ++i) {
    const auto& retry = what_.retries[i];
    std::optional<feed::in_hand> before;
    for (const auto& token : what_.acknowledged) {
      auto held = with_.held(token);
      if (!held) continue;
      const id item = std::visit([](const auto& one) -> id { return one->id; }, held->delivery.item);
      if (item != retry.event) continue;
      before = std::move(held);
      break;
    }
    with_.retries.write(retry, before, [self = shared_from_this(), i](result<bool> added) {
      if (!added) {
        self->fail(std::move(added).error());
      } else if (!*added) {
        const std::lock_guard hold{self->mutex_};
        self->waiting_[i] = true;
      }
      self->arrived(1);
    });
  }
}

void commit_job::published(std::uint32_t tag, publish_outcome&& outcome) {
  using kind = publish_outcome::kind;
  bool known = outcome.what == kind::duplicate;
  {
    const std::lock_guard hold{mutex_};
    const bool scheduled = at_ == part::events && what_.events[tag].not_before && outcome.what != kind::failed;
    if (outcome.what == kind::failed) {
      if (!failed_) failed_ = std::move(outcome.why);
    } else if (outcome.what == kind::wrong_sequence) {
      known = true;
    } else if (!scheduled) {
      last_ = std::max(last_, log_position{with_.log_epoch, outcome.sequence});
    }
    // Known because it was sent twice by ourselves: the first time counts.
    if (at_ == part::events && known && !outcome.repeated) duplicate_[tag] = true;
  }
  arrived(1);
}

void commit_job::fail(error why) {
  const std::lock_guard hold{mutex_};
  if (!failed_) failed_ = std::move(why);
}

void commit_job::arrived(std::size_t count) {
  {
    const std::lock_guard hold{mutex_};
    missing_ -= count;
    if (missing_ > 0) return;
  }
  go_on();
}

void commit_job::end() {
  const bool durable = !failed_;
  const auto done = std::exchange(done_, nullptr);
  if (!done) {
    with_.ended(durable);
    return;
  }
  if (failed_) {
    done(result<port::receipt>(*std::move(failed_)));
  } else {
    port::receipt receipt;
    receipt.position = last_;
    for (std::size_t i = 0; i < duplicate_.size(); ++i) {
      if (duplicate_[i]) receipt.duplicates.push_back(what_.events[i].id);
    }
    for (std::size_t i = 0; i < waiting_.size(); ++i) {
      if (waiting_[i]) receipt.retries_waiting.push_back(what_.retries[i].event);
    }
    done(result<port::receipt>(std::move(receipt)));
  }
  with_.ended(durable);
}

}  // namespace evd::broker_nats
