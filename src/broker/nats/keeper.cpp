#include "broker/nats/keeper.hpp"

#include <algorithm>

namespace evd::broker_nats {

namespace {

using namespace std::chrono_literals;

constexpr auto look_every = 1s;
constexpr std::size_t most_marks = 4'096;

}  // namespace

keeper::keeper(api& server, const names& called, const nats_options& options, const stream_set& opened, logger log)
    : server_(server),
      called_(called),
      options_(options),
      log_(std::move(log)),
      log_epoch_(opened.log.epoch),
      journal_epoch_(opened.journal.epoch),
      schedules_epoch_(opened.schedules.epoch),
      log_last_(opened.log.last),
      journal_last_(opened.journal.last),
      schedules_last_(opened.schedules.last) {
  look();
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

keeper::~keeper() {
  thread_.request_stop();
  thread_.join();
}

void keeper::recorded(const log_cursor& upto) {
  const std::lock_guard hold{mutex_};
  recorded_ = upto;
}

std::optional<error> keeper::alarm() const {
  const std::lock_guard hold{mutex_};
  return alarm_;
}

void keeper::hurry() {
  const std::lock_guard hold{mutex_};
  hurry_ = true;
  wake_.notify_all();
}

void keeper::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    {
      std::unique_lock hold{mutex_};
      wake_.wait_for(hold, stop, look_every, [&] { return hurry_; });
      hurry_ = false;
    }
    if (!stop.stop_requested()) look();
  }
}

void keeper::raise(error what) {
  const std::lock_guard hold{mutex_};
  if (!alarm_) log_.error("the broker has lost data", {{"error", what.to_string()}});
  alarm_ = std::move(what);
}

void keeper::check(const stream_info& now, const std::string& name, std::uint64_t epoch, std::uint64_t& last) {
  if (now.epoch != epoch) {
    raise({errc::corrupt,
           "look at stream",
           name + " was made anew: it is not the one that was opened",
           "restore the server's data, or start the application again to go on with what is there",
           {}});
  } else if (now.last < last) {
    raise({errc::corrupt,
           "look at stream",
           name + " ends at " + std::to_string(now.last) + " and was at " + std::to_string(last) + " before",
           "the server has lost what it acknowledged: restore its data",
           {}});
  }
  last = std::max(last, now.last);
}

void keeper::look() {
  struct watched {
    std::string name;
    std::uint64_t epoch;
    std::uint64_t* last;
  };
  const watched all[] = {{called_.log_stream(), log_epoch_, &log_last_},
                         {called_.journal_stream(), journal_epoch_, &journal_last_},
                         {called_.schedules_stream(), schedules_epoch_, &schedules_last_}};
  std::optional<stream_info> found[3];
  for (int i = 0; i < 3; ++i) {
    auto info = server_.stream(all[i].name);
    if (!info) return;  // away; looked at again
    if (!*info) {
      raise({errc::corrupt,
             "look at stream",
             all[i].name + " is missing",
             "it is never made anew by itself: restore the server's data",
             {}});
      return;
    }
    check(**info, all[i].name, all[i].epoch, *all[i].last);
    found[i] = *std::move(info);
  }
  fullness_ =
      found[0]->max_bytes == 0 ? 0 : static_cast<double>(found[0]->bytes) / static_cast<double>(found[0]->max_bytes);
  scheduled_ = found[2]->messages;
  if (!alarm()) trim(*found[0], *found[1]);
}

// What is recorded, handled by every subscription, and old enough. A log that is filling up keeps nothing for its age.
void keeper::trim(const stream_info& log, const stream_info& journal) {
  log_cursor recorded;
  std::uint64_t old_enough = 0;
  {
    const std::lock_guard hold{mutex_};
    const auto now = std::chrono::steady_clock::now();
    if (marks_.empty() || now - marks_.back().first > options_.keep / 64) marks_.emplace_back(now, log.last);
    while (marks_.size() > most_marks) marks_.pop_front();
    if (!recorded_) return;
    recorded = *recorded_;
    for (const auto& [when, last] : marks_) {
      if (now - when >= options_.keep) old_enough = last;
    }
  }
  const bool filling = fullness_ > options_.commands_until / 2;
  auto upto = recorded.log.epoch == log_epoch_ ? recorded.log.sequence : 0;
  if (!filling) upto = std::min(upto, old_enough);
  if (upto >= log.first && log.messages > 0) {
    const auto consumers = server_.consumers(called_.log_stream());
    if (!consumers) return;
    for (const auto& each : *consumers) {
      const bool idle = each.pending == 0 && each.ack_pending == 0;
      if (!idle) upto = std::min(upto, each.ack_floor);
    }
    if (upto >= log.first) (void)server_.purge_to(called_.log_stream(), upto);
  }
  if (recorded.journal.epoch == journal_epoch_ && recorded.journal.sequence >= journal.first && journal.messages > 0) {
    (void)server_.purge_to(called_.journal_stream(), recorded.journal.sequence);
  }
}

}  // namespace evd::broker_nats
