#pragma once
/// Publishes and tells when the server has stored it, without a thread that waits. Up to `window` publishes are without
/// an answer at a time; what comes beyond waits here in order. What gets no answer is published again under the same
/// message id, until the write deadline has passed.
///
/// Threads: `send` from any; one thread of its own reads answers, and most targets are told on it. Lifetime: its
/// connections outlive it; destroying it waits for what is under way, up to the write deadline.

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include <evd/error.hpp>

#include "broker/nats/connection.hpp"
#include "broker/nats/envelope.hpp"

namespace evd::broker_nats {

/// What became of a publish.
struct publish_outcome {
  enum class kind : std::uint8_t {
    stored,
    duplicate,       ///< its message id was known
    wrong_sequence,  ///< the subject's last message is not the one it was to follow
    failed,
  };
  kind what = kind::failed;
  std::uint64_t sequence = 0;
  bool repeated = false;  ///< it was sent more than once: a `wrong_sequence` may be its own doing
  error why;
};

/// Whoever publishes. Told once for each `send`.
class publish_target {
 public:
  publish_target() = default;
  publish_target(const publish_target&) = delete;
  publish_target& operator=(const publish_target&) = delete;
  virtual ~publish_target() = default;
  virtual void published(std::uint32_t tag, publish_outcome&& outcome) = 0;
};

struct outgoing {
  std::string subject;
  headers head;
  std::string_view data;  ///< lives as long as the target
  std::uint32_t tag = 0;
};

class publisher {
 public:
  /// `prompt` is for few messages, `bulk` for many.
  publisher(connection& prompt, connection& bulk, const nats_options& options);
  publisher(const publisher&) = delete;
  publisher& operator=(const publisher&) = delete;
  ~publisher();

  /// Errors: none here; starting needs a subscription for answers.
  [[nodiscard]] result<void> start();

  /// Sends all in this order. `to` is kept until the last one's outcome.
  void send(std::vector<outgoing> all, std::shared_ptr<publish_target> to);

  /// The connection was away: what has no answer is sent again at once.
  void reconnected();
  /// How many have no answer yet, those that wait included.
  [[nodiscard]] std::size_t under_way() const;

 private:
  using clock = std::chrono::steady_clock;
  struct slot {
    std::uint32_t generation = 0;
    std::uint32_t tag = 0;
    std::uint32_t times = 0;  ///< sent; 0: free
    bool in_bulk = false;
    bool sending = false;  ///< nats.c has the message in hand: it must not be destroyed
    message what;
    std::shared_ptr<publish_target> to;
    clock::time_point again_at;
    clock::time_point deadline;
  };
  struct waiting_send {
    outgoing what;
    std::shared_ptr<publish_target> to;
    clock::time_point deadline;
  };
  struct told {
    std::shared_ptr<publish_target> to;
    std::uint32_t tag = 0;
    publish_outcome outcome;
  };

  void run(const std::stop_token& stop);
  void take_answer(natsMsg* answer, std::vector<told>& done, std::unique_lock<std::mutex>& hold);
  void look_at_time(std::vector<told>& done);
  void fill(std::vector<told>& done, std::unique_lock<std::mutex>& hold);
  void put(std::size_t at, waiting_send&& what, bool in_bulk, std::vector<told>& done);
  [[nodiscard]] told take(std::size_t at, publish_outcome&& outcome);

  connection& prompt_;
  connection& bulk_;
  const std::chrono::milliseconds answer_timeout_;
  const std::chrono::milliseconds write_deadline_;
  const std::string inbox_ = make_inbox();
  subscription answers_;

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable empty_;
  std::condition_variable sent_;
  std::vector<slot> slots_;
  std::vector<std::size_t> free_;
  std::deque<waiting_send> waiting_;
  bool closing_ = false;
  bool filling_ = false;

  std::jthread thread_;
};

}  // namespace evd::broker_nats
