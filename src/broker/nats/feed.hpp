#pragma once
/// This instance's part in one subscription: asks the server's consumer for messages, holds what was handed over, and
/// tells the server what became of it.
///
///   request(n) --> pulls outstanding at the server --> messages --> sink
///                                                        |
///                                                      held: until acknowledged, handed back, or past its deadline
///
/// Threads: `request`, `extend`, `release`, `stop`, `settle` from any; the rest as `inbox_client`. The sink is called
/// on the threads of `deliver` and `tick`, one call after another. Lifetime: shared; ends when neither the inbox nor a
/// consumer has it.

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include <evd/port/log.hpp>

#include "broker/nats/connection.hpp"
#include "broker/nats/inbox.hpp"
#include "broker/nats/names.hpp"
#include "broker/nats/ordered_gate.hpp"

namespace evd::broker_nats {

struct feed_environment {
  connection& prompt;  ///< pulls
  connection& bulk;    ///< acknowledgements: a millisecond later is as good
  const names& called;
  std::uint64_t epoch;                                                     ///< of the log's stream
  std::function<void(std::function<void()>)> errand;                       ///< runs where one may wait
  std::function<result<consumer_view>(const std::string& consumer)> look;  ///< asks the server; waits
  std::function<void(const std::string& consumer)> unpin;                  ///< likewise
  std::function<void(std::string_view subject, const error& why)> unreadable;
};

class feed final : public inbox_client, public std::enable_shared_from_this<feed> {
 public:
  feed(const feed_environment& with, std::uint64_t number, subscription_record what, std::string stream,
       std::string consumer, std::string inbox, port::delivery_sink sink);

  void request(std::size_t count);
  void extend(std::span<const port::delivery_token> tokens);
  void release(std::span<const port::delivery_token> tokens);
  void stop(std::function<void()> done);
  /// The consumer is gone: hands back what is held. Messages that still come are handed back by the inbox.
  void abandon();

  /// Acknowledges what has not lapsed.
  void settle(std::uint64_t item);
  /// The delivery of a token that has not lapsed.
  struct in_hand {
    port::delivery delivery;
    std::uint64_t sequence = 0;  ///< of the message that brought it: a retry's own
  };
  [[nodiscard]] std::optional<in_hand> held(std::uint64_t item);
  [[nodiscard]] port::delivery_state inspect(const id& item, const std::string& instance);

  // The inbox's part.
  void take(message what) override;
  void take_status(int code, std::string_view description, std::uint64_t pull) override;
  void deliver() override;
  void tick(steady::time_point now, bool nothing_lies_here, bool stood_still) override;
  void reconnected() override;
  [[nodiscard]] bool has_pulls() override;

  [[nodiscard]] std::uint64_t number() const { return number_; }
  [[nodiscard]] const subscription_record& what() const { return what_; }

 private:
  struct pull {
    std::uint64_t number = 0;
    std::size_t left = 0;
    steady::time_point sent;
    steady::time_point over;  ///< without a word from the server it is taken for lost then
  };
  struct held_delivery {
    std::string reply;
    std::uint64_t sequence = 0;
    steady::time_point until;
    port::delivery delivery;
  };

  [[nodiscard]] result<port::delivery> read(natsMsg* from, const delivered_as& how) const;
  void ask(std::unique_lock<std::mutex>& hold);
  void end_pull(std::uint64_t number);
  void answer(const std::string& reply, const char* text, bool promptly);
  void give_back(std::uint64_t item);
  void forget(std::uint64_t item);
  void check_takeover();
  void keep_pin(steady::time_point now);
  [[nodiscard]] std::vector<std::function<void()>> finish_stop();
  [[nodiscard]] timestamp wall(steady::time_point when) const;

  const feed_environment& with_;
  const std::uint64_t number_;
  const subscription_record what_;
  const std::string stream_;
  const std::string consumer_;
  const std::string inbox_;
  const std::string next_subject_;
  const std::shared_ptr<const port::delivery_sink> sink_;

  std::recursive_mutex sinking_;  // held while the sink is called, which may end the consumer

  std::mutex mutex_;             // guards what follows
  std::size_t wanted_ = 0;       // asked for and not delivered
  std::size_t outstanding_ = 0;  // sum of `left`
  std::deque<pull> pulls_;
  std::uint64_t next_pull_ = 1;
  std::uint64_t next_item_ = 1;
  std::unordered_map<std::uint64_t, held_delivery> held_;
  std::unordered_map<std::uint64_t, std::uint64_t> by_sequence_;       // stream sequence to item
  std::deque<std::pair<std::uint64_t, steady::time_point>> returned_;  // handed back, kept here for a moment
  std::deque<id> settled_;                                             // the last ones, for `inspect`
  std::vector<port::delivery> batch_;                                  // taken, and not delivered yet
  std::optional<ordered_gate> gate_;                                   // of an ordered subscription
  steady::time_point pause_until_;
  steady::time_point queue_empty_at_ = steady::now();  // then nothing lay here untaken
  steady::time_point slept_until_;                     // what was pulled before may have lain here longer
  bool stopping_ = false;
  bool abandoned_ = false;
  bool looking_ = false;  // asks the server about a takeover
  steady::time_point look_at_;
  steady::time_point pulled_at_;   // last
  std::uint64_t settlements_ = 0;  // deliveries that left `held_`
  std::vector<std::function<void()>> stopped_;
};

}  // namespace evd::broker_nats
