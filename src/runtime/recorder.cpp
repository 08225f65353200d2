#include "runtime/recorder.hpp"

#include <algorithm>

#include <evd/json.hpp>

#include "core/project.hpp"

namespace evd::runtime {

namespace {

std::vector<port::positioned_change> changes_of(std::span<const positioned_record> records) {
  std::vector<port::positioned_change> changes;
  changes.reserve(records.size() * 2);
  for (const auto& record : records) core::project(record.record, record.position, changes);
  return changes;
}

std::string kind_of(const log_record& record) {
  constexpr std::string_view names[] = {"command",        "event",      "attempt",          "outcome",
                                        "commandOutcome", "deadLetter", "deadLetterChange", "subscription"};
  static_assert(std::size(names) == std::variant_size_v<log_record>);
  return std::string(names[record.index()]);
}

// When a record came to be. A record of the journal is about what happened just before.
timestamp time_of(const log_record& record) {
  struct reader {
    timestamp operator()(const command_record& what) const { return what.accepted_at; }
    timestamp operator()(const event_record& what) const { return what.not_before.value_or(what.time); }
    timestamp operator()(const attempt_record& what) const { return what.started_at + what.duration; }
    timestamp operator()(const outcome_record& what) const { return what.started_at + what.duration; }
    timestamp operator()(const command_outcome_record& what) const { return what.ended_at; }
    timestamp operator()(const dead_letter_record& what) const { return what.at; }
    timestamp operator()(const dead_letter_change& what) const { return what.at; }
    timestamp operator()(const subscription_record& what) const { return what.registered_at; }
  };
  return std::visit(reader(), record);
}

timestamp now() {
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

}  // namespace

recorder::recorder(port::log& log, port::store& store, log_sink& sink, recorder_options options)
    : log_(log), store_(store), logger_(sink, {{"part", "recorder"}}), options_(options) {
  log_.on_append([this] {
    {
      const std::lock_guard lock(mutex_);
      something_new_ = true;
    }
    wake_.notify_all();
  });
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

recorder::~recorder() {
  log_.on_append({});
  thread_.request_stop();
  thread_.join();
}

recorder_state recorder::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

void recorder::run(const std::stop_token& stop) {
  auto pause = options_.first_pause;
  while (!stop.stop_requested()) {
    const auto worked = step();
    if (worked) {
      if (pause != options_.first_pause) logger_.info("the store is back");
      pause = options_.first_pause;
      // Wakes at least every second, so that a lost notification costs no more than that.
      if (!*worked) sleep(stop, std::chrono::seconds(1), true);
      continue;
    }
    if (pause == options_.first_pause) {
      logger_.warning("cannot write to the store; events go on and will be recorded later",
                      {{"error", worked.error().to_string()}});
    }
    {
      const std::lock_guard lock(mutex_);
      state_.store_is_away = true;
      // What waits has not even been read: at least this old.
      if (!state_.behind_since) state_.behind_since = now();
    }
    sleep(stop, pause, false);
    pause = std::min(pause * 2, options_.longest_pause);
  }
}

result<bool> recorder::step() {
  log_cursor from;
  {
    const std::lock_guard lock(mutex_);
    something_new_ = false;
    from = state_.recorded;
  }
  if (!position_known_) {
    const auto recorded = store_.recorded();
    if (!recorded) return recorded.error();
    from = *recorded;
    position_known_ = true;
  }
  const auto page = log_.read(from, options_.batch);
  if (!page) return page.error();
  const bool moved = page->upto != from;
  if (moved) {
    std::optional<timestamp> oldest;
    if (!page->records.empty()) oldest = time_of(page->records.front().record);
    if (oldest) {
      const std::lock_guard lock(mutex_);
      state_.behind_since = oldest;
    }
    for (const auto& [position, kind, record, why] : page->unreadable) {
      if (auto aside = set_aside({position, kind, record, why, now()}); !aside) return aside.error();
    }
    auto written = store_.apply(changes_of(page->records), page->upto);
    if (!written && written.error().code == errc::invalid_input) {
      written = apply_one_by_one(page->records, from);
      if (written) written = store_.apply({}, page->upto);
    }
    if (!written) return written.error();
    if (const auto noted = log_.recorded(page->upto); !noted) return noted.error();
    from = page->upto;
    if (options_.observer != nullptr && oldest) {
      options_.observer->on(
          records_recorded{page->records.size(), std::max(std::chrono::microseconds(0), now() - *oldest)});
    }
  }
  const std::lock_guard lock(mutex_);
  state_.behind_since.reset();
  if (page->records.size() == options_.batch) {
    state_.behind_since = time_of(page->records.back().record);  // there is more
  }
  state_.recorded = from;
  state_.records += page->records.size();
  state_.store_is_away = false;
  return moved;
}

// The recorder is at `before` until all of them are in the store or aside.
result<void> recorder::apply_one_by_one(std::span<const positioned_record> records, const log_cursor& before) {
  for (const auto& record : records) {
    const auto written = store_.apply(changes_of(std::span(&record, 1)), before);
    if (written) continue;
    if (written.error().code != errc::invalid_input) return written.error();
    const auto text = std::visit([](const auto& what) { return to_json(what); }, record.record);
    const auto aside = set_aside({record.position, kind_of(record.record), {text}, written.error(), now()});
    if (!aside) return aside.error();
  }
  return {};
}

result<void> recorder::set_aside(const port::quarantined_record& record) {
  logger_.error("a record can never be stored; it goes to quarantine",
                {{"kind", record.kind}, {"position", record.position.sequence}, {"error", record.why.to_string()}});
  if (auto aside = store_.quarantine(record); !aside) return aside.error();
  const std::lock_guard lock(mutex_);
  ++state_.quarantined;
  return {};
}

void recorder::sleep(const std::stop_token& stop, std::chrono::milliseconds at_most, bool until_new) {
  std::unique_lock lock(mutex_);
  wake_.wait_for(lock, stop, at_most, [&] { return until_new && something_new_; });
}

}  // namespace evd::runtime
