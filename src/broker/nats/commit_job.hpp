#pragma once
/// One `commit`, part after part: commands, events, journal, retries, acknowledgements. Each part waits for the answers
/// to the one before, and no thread waits for any of them.
///
/// Threads: goes on wherever an answer arrives. Lifetime: holds itself until its end; what it was made with outlives
/// it.

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include <evd/port/log.hpp>

#include "broker/nats/bundler.hpp"
#include "broker/nats/feed.hpp"
#include "broker/nats/publisher.hpp"
#include "broker/nats/retrier.hpp"

namespace evd::broker_nats {

struct commit_environment {
  publisher& over;
  bundler& journal;
  retrier& retries;
  const names& called;
  std::uint64_t log_epoch;
  std::uint64_t journal_epoch;
  std::function<std::optional<feed::in_hand>(port::delivery_token)> held;
  std::function<void(port::delivery_token)> settle;
  std::function<void(bool durable)> ended;  ///< of every job, after its `done`
};

class commit_job final : public publish_target, public std::enable_shared_from_this<commit_job> {
 public:
  commit_job(const commit_environment& with, port::write what, port::committed done)
      : with_(with), what_(std::move(what)), done_(std::move(done)) {}

  void start();
  void published(std::uint32_t tag, publish_outcome&& outcome) override;

 private:
  enum class part : std::uint8_t { commands, events, journal, retries, acknowledgements, over };

  void go_on();
  /// Begins a part. False: there is nothing in it.
  [[nodiscard]] bool begin(part which);
  void begin_events();
  void begin_retries();
  void arrived(std::size_t count);
  void fail(error why);
  void end();

  const commit_environment& with_;
  port::write what_;
  port::committed done_;

  std::mutex mutex_;  // guards what follows
  part at_ = part::commands;
  std::size_t missing_ = 0;
  log_position last_;
  std::vector<bool> duplicate_;
  std::vector<bool> waiting_;
  std::optional<error> failed_;
};

}  // namespace evd::broker_nats
