#pragma once
/// The log: what a broker has to offer. It is the commit point of everything; the event store is its projection.
///
/// An adapter (`broker/embedded`, `broker/nats`) implements `log`; the conformance suite in `evd/testing/log_suite.hpp`
/// says by test what the comments here say in words. Nobody waits in a thread for the log: writes complete by callback,
/// deliveries come to a sink. Callbacks and sinks run on a thread of the adapter or of whoever wrote; they must not
/// block, and may call any function here.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include <evd/error.hpp>
#include <evd/export.hpp>
#include <evd/record.hpp>

namespace evd::port {

/// Names a delivery towards the log that made it. Opaque to everyone else.
struct delivery_token {
  std::uint64_t subscription = 0;
  std::uint64_t item = 0;
  friend constexpr auto operator<=>(const delivery_token&, const delivery_token&) = default;
};

/// What is delivered: an event, or a durable command.
using delivered_item = std::variant<std::shared_ptr<const event_record>, std::shared_ptr<const command_record>>;

/// One handing of an event (or durable command) to a subscription.
struct delivery {
  delivery_token token;
  delivered_item item;
  log_position position;          ///< of the event; a retry has the position of its event
  std::uint32_t attempt = 1;      ///< counted in data: 1, then the number its retry carries
  std::uint32_t handed_over = 1;  ///< above 1: an earlier holder crashed or outlived its ack wait
  timestamp deadline;             ///< past it the delivery may be another's
};

/// A retry to write. It brings its event along, because a log may have let go of it by then.
struct retry_request : retry_record {
  delivered_item item{};    ///< never null for a log that does not keep its events for ever
  log_position position{};  ///< of the event; none: not known
};

/// What is written together. The parts become durable in the order of the members, none after one that failed: an
/// adapter may write all of it in one transaction, or wait for each part's acknowledgement before the next.
struct write {
  std::vector<command_record> commands;
  std::vector<event_record> events;  ///< of an id that the log has already, the first one stays
  std::vector<journal_record> journal;
  std::vector<retry_request> retries;        ///< of a pair that has one waiting already, the first one stays
  std::vector<delivery_token> acknowledged;  ///< a token that has lapsed is ignored

  [[nodiscard]] bool empty() const {
    return commands.empty() && events.empty() && journal.empty() && retries.empty() && acknowledged.empty();
  }
};

struct receipt {
  /// Of the last command or event written, or later; when there was none, of the last journal record.
  log_position position;
  std::vector<event_id> duplicates;       ///< events that were there already
  std::vector<event_id> retries_waiting;  ///< events of retries not added: one waits, or that attempt was made
};

using committed = std::function<void(result<receipt>)>;
using delivery_sink = std::function<void(std::vector<delivery>)>;

/// One instance's part in one subscription. Instances with the same key share its events.
///
/// Threads: safe from any thread. Lifetime: destroying it stops it and hands back what was not acknowledged.
class EVD_API consumer {
 public:
  consumer() = default;
  consumer(const consumer&) = delete;
  consumer& operator=(const consumer&) = delete;
  virtual ~consumer() = default;

  /// Asks for `count` deliveries more. They come to the sink as they become available, several at a time when there
  /// are; never more than asked for.
  virtual void request(std::size_t count) = 0;

  /// "Still at it": moves the deadlines one ack wait from now.
  virtual void extend(std::span<const delivery_token> tokens) = 0;

  /// Hands back deliveries that were not begun; another may have them at once.
  virtual void release(std::span<const delivery_token> tokens) = 0;

  /// No further delivery reaches the sink once `done` has run; what it has still can be acknowledged.
  virtual void stop(std::function<void()> done) = 0;
};

/// How far a subscription is, as the log knows it.
struct subscription_lag {
  subscription_key key;
  std::uint64_t pending = 0;  ///< events it has still to handle, those in work included
  std::uint64_t in_work = 0;  ///< handed over and not acknowledged
  std::uint64_t retries_waiting = 0;
  std::optional<timestamp> oldest;  ///< time of the oldest pending event
};

/// What the log knows about one event and one subscription, for `evd inspect delivery`.
struct delivery_state {
  bool handled = false;
  bool in_work = false;
  std::string holder;  ///< the instance that has it in work
  std::uint32_t handed_over = 0;
  std::optional<timestamp> deadline;
  std::optional<retry_record> retry;  ///< waiting
};

/// A record of the log that this build cannot read, as it lies there.
struct unreadable_record {
  log_position position;
  std::string kind;  ///< "event", "attempt", or the broker's own name for it
  json_text record;
  error why;
};

/// What a reader gets at once. Records of one stream are in its order; between streams there is none.
struct log_page {
  std::vector<positioned_record> records;
  std::vector<unreadable_record> unreadable;
  log_cursor upto;  ///< from here on; may have moved although there was no record for a reader
};

struct log_status {
  std::string description;  ///< "embedded file.db, WAL, synchronous=full"
  std::uint64_t bytes = 0;
  std::uint64_t max_bytes = 0;  ///< 0: no limit but the disk's
  log_cursor last;
};

/// Threads: every function is safe from any thread. Lifetime: outlives its consumers; destroying it completes what was
/// given to `commit` first.
class EVD_API log {
 public:
  log() = default;
  log(const log&) = delete;
  log& operator=(const log&) = delete;
  virtual ~log() = default;

  /// Writes, and calls `done` once it is durable (or certain not to be).
  ///
  /// Duplicates: ids make a repeated write harmless; `receipt` says what was there.
  /// Errors: unavailable, disk_full, log_full, shutting_down: nothing of the failing part is written, repeat the call;
  ///   payload_too_large: fix the caller.
  virtual void commit(write what, committed done) = 0;

  /// Takes part in a subscription, making it when it is new. `what` is not journalled by this.
  ///
  /// `ordered` subscriptions have one owner at a time: others get nothing until it has gone; deliveries come by
  /// position, and a new owner's first delivery comes only when nothing of the former is in work any more.
  /// Errors: incompatible: it exists with another kind.
  [[nodiscard]] virtual result<std::unique_ptr<consumer>> subscribe(const subscription_record& what,
                                                                    delivery_sink sink) = 0;

  /// Reads records, up to `limit` (records that were stored together are not parted) after `after` (epoch 0:
  /// from the beginning). `upto == after`: nothing new yet.
  /// Only a log whose events are projected by a recorder keeps its records for this; see `is_its_own_store`.
  [[nodiscard]] virtual result<log_page> read(const log_cursor& after, std::size_t limit) = 0;

  /// The recorder has all up to here in the store: the log may let go of it.
  virtual result<void> recorded(const log_cursor& upto) = 0;

  /// Calls `notify` whenever there may be something new to read. Replaces the one before; empty: nobody listens.
  virtual void on_append(std::function<void()> notify) = 0;

  /// True: committing is projecting; no recorder is needed.
  [[nodiscard]] virtual bool is_its_own_store() const = 0;

  [[nodiscard]] virtual result<log_status> status() = 0;
  [[nodiscard]] virtual result<std::vector<subscription_lag>> lags() = 0;
  [[nodiscard]] virtual result<delivery_state> inspect(const event_id& event, const subscription_key& key) = 0;
};

}  // namespace evd::port
