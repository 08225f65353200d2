#pragma once
/// Moves what has become due from the schedules into the log, under its own message id. All instances share the work.
///
/// Threads: as `inbox_client`, and the publisher's. Lifetime: shared; its publisher and connections outlive it.

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "broker/nats/api.hpp"
#include "broker/nats/inbox.hpp"
#include "broker/nats/names.hpp"
#include "broker/nats/publisher.hpp"

namespace evd::broker_nats {

class mover final : public inbox_client, public std::enable_shared_from_this<mover> {
 public:
  mover(connection& prompt, connection& bulk, publisher& over, const names& called, std::uint64_t number,
        const std::string& inbox);

  /// Makes the consumer that all instances share.
  [[nodiscard]] static result<void> make_consumer(api& server, const names& called);

  void take(message what) override;
  void take_status(int code, std::string_view description, std::uint64_t pull) override;
  void deliver() override;
  void tick(steady::time_point now, bool nothing_lies_here, bool stood_still) override;
  void reconnected() override;
  [[nodiscard]] bool has_pulls() override;
  /// Pulls no more.
  void stop();

 private:
  struct move;
  void ask(steady::time_point now);
  void moved(const std::string& reply, bool done);
  [[nodiscard]] std::shared_ptr<move> prepare(message what);

  connection& prompt_;
  connection& bulk_;
  publisher& publisher_;
  const names& called_;
  const std::string next_subject_;
  const std::string reply_;

  std::mutex mutex_;  // guards what follows
  std::size_t left_ = 0;
  std::uint64_t pull_ = 0;
  std::size_t moving_ = 0;
  steady::time_point over_;
  steady::time_point pause_until_;
  bool stopping_ = false;
};

}  // namespace evd::broker_nats
