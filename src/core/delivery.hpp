#pragma once
/// What becomes of one delivery: a state machine that decides and does nothing. The runtime feeds it what happens and
/// carries out what it answers; the simulator does the same with a log that loses, doubles and cuts.
///
///   arrived --> running --handler ended--> settling --committed--> done (finish)
///      |          |  ^                      |   ^ |
///      |          |  |                      |   +-+ commit failed: the same again later, under the same ids
///      |          |  +---- waiting <--------+ ordered, attempts left: the attempt is journalled, the event stays
///      |          +---------> ^  the environment was at fault: no attempt, nothing journalled
///      +--> settling: too many crashes
///      +--> waiting for `admitted`, when it is held: ordered, behind another of its key
///   past its deadline, from every state --> done (drop): the delivery is another's, nothing more is written for it
///
/// Who carries the actions out needs one timer for a delivery (`next_tick`) and no decision of its own:
///
///   run          start the handler; report with `handler_succeeded` or `handler_failed` and the action's serial
///   run_alone    the same, while no other delivery's handler runs in this process
///   extend       tell the log that it is still in work (`consumer::extend`)
///   request_stop set the handler's stop token; its end is still awaited
///   abandon      do not wait for the handler any longer: whatever it reports will be ignored
///   settle       make the write (`settlement.hpp`), commit it, report with `committed` or `commit_failed`
///   commit_again commit that same write once more
///   release      hand it back to the log, which may give it to another at once; over
///   drop         over, and nothing is to be told to the log
///   finish       over, settled
///
/// Threads: one delivery's inputs one after another. A serial that is not the last one given is a report from the past
/// (of an abandoned handler, of a doubled callback) and is ignored.

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <variant>

#include <evd/error.hpp>
#include <evd/record.hpp>

#include "core/retry.hpp"

namespace evd::core {

/// What applies to all deliveries of one subscription.
struct delivery_rules {
  retry_policy retry;
  std::chrono::milliseconds ack_wait{30'000};  ///< the log is told every third of it that a delivery is in work
  std::chrono::milliseconds time_limit{600'000};
  std::chrono::milliseconds stop_grace{5'000};  ///< how long a handler may take to end once it was asked to stop
  std::uint32_t max_crashes = 10;               ///< times its process may have ended with it in work
  std::uint32_t suspect_from = 3;               ///< from this handing over on it runs alone
  bool in_place = false;                        ///< ordered: failed attempts are repeated here, without a retry record
};

// ---- inputs ----

/// The log has handed it over. The first input.
struct arrived {
  std::uint32_t attempt = 1;
  std::uint32_t handed_over = 1;
  timestamp deadline;
  bool held = false;  ///< ordered: not to be begun before `admitted`; its lease is kept meanwhile
};

/// A held one may begin: those before it of its key are over.
struct admitted {};

struct handler_succeeded {
  std::uint32_t serial = 0;
};

enum class failure_kind : std::uint8_t {
  ordinary,
  permanent,      ///< `permanent_error`: dead-lettered at once
  undecodable,    ///< the data are not of the form that the type has: dead-lettered at once
  retry_after,    ///< `evd::retry_after`: an attempt like any other, whose successor comes after `delay`
  newer_version,  ///< of a version this build does not know: tried every `max_delay`, never the last attempt
  environment,    ///< log_full, unavailable: the handler is run again here later; never an attempt
};

struct handler_failed {
  std::uint32_t serial = 0;
  evd::failure why;
  failure_kind kind = failure_kind::ordinary;
  std::chrono::milliseconds delay{};  ///< for `retry_after`
  retry_exception exception{};        ///< the retry rule of what was thrown, if there is one
  double random = 0.0;                ///< in [0, 1]: for the jitter
};

/// Time has passed.
struct tick {};

struct committed {
  std::uint32_t serial = 0;
};
struct commit_failed {
  std::uint32_t serial = 0;
  error why;
};

/// The log says that it is another's now.
struct lapsed {};

/// This instance is ending: what waits is handed back, what runs or is being settled goes on.
struct ending {};

using delivery_input =
    std::variant<arrived, admitted, handler_succeeded, handler_failed, tick, committed, commit_failed, lapsed, ending>;

// ---- verdicts: what is to be written about an attempt ----

struct handled {
  friend bool operator==(const handled&, const handled&) = default;
};
/// It comes again as a retry of its own.
struct retry {
  std::uint32_t attempt = 2;
  timestamp due;
  friend bool operator==(const retry&, const retry&) = default;
};
/// It stays here and is run again: the log keeps it in work.
struct retry_in_place {
  std::uint32_t attempt = 2;
  timestamp due;
  friend bool operator==(const retry_in_place&, const retry_in_place&) = default;
};
struct dead_letter {
  dead_letter_reason reason = dead_letter_reason::attempts_exhausted;
  friend bool operator==(const dead_letter&, const dead_letter&) = default;
};
using verdict = std::variant<handled, retry, retry_in_place, dead_letter>;

// ---- actions ----

struct run {
  std::uint32_t attempt = 1;
  std::uint32_t serial = 0;
  friend bool operator==(const run&, const run&) = default;
};
struct run_alone {
  std::uint32_t attempt = 1;
  std::uint32_t serial = 0;
  friend bool operator==(const run_alone&, const run_alone&) = default;
};
struct extend {
  friend bool operator==(const extend&, const extend&) = default;
};
struct request_stop {
  friend bool operator==(const request_stop&, const request_stop&) = default;
};
struct abandon {
  friend bool operator==(const abandon&, const abandon&) = default;
};
struct settle {
  verdict what;
  std::uint32_t serial = 0;
  friend bool operator==(const settle&, const settle&) = default;
};
struct commit_again {
  std::uint32_t serial = 0;
  friend bool operator==(const commit_again&, const commit_again&) = default;
};
struct release {
  friend bool operator==(const release&, const release&) = default;
};
struct drop {
  friend bool operator==(const drop&, const drop&) = default;
};
struct finish {
  friend bool operator==(const finish&, const finish&) = default;
};

using delivery_action =
    std::variant<run, run_alone, extend, request_stop, abandon, settle, commit_again, release, drop, finish>;

/// The actions of one step, in the order to carry them out. Never more than four, and no memory is allocated for them.
class delivery_actions {
 public:
  delivery_actions() = default;
  delivery_actions(std::initializer_list<delivery_action> actions) {
    for (const auto& action : actions) add(action);
  }
  void add(const delivery_action& action) { items_.at(size_++) = action; }

  [[nodiscard]] const delivery_action* begin() const { return items_.data(); }
  [[nodiscard]] const delivery_action* end() const { return items_.data() + size_; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  friend bool operator==(const delivery_actions& a, const delivery_actions& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
  }

 private:
  std::array<delivery_action, 4> items_{};
  std::size_t size_ = 0;
};

// ---- the machine ----

struct delivery_state {
  enum class phase : std::uint8_t { idle, running, settling, waiting, done };

  phase at = phase::idle;
  std::uint32_t attempt = 1;  ///< the number of the attempt that runs, or that was last run
  std::uint32_t handed_over = 1;
  std::uint32_t serial = 0;    ///< of the last `run` or `settle`
  std::uint32_t refusals = 0;  ///< times in a row that a commit failed, or the environment
  bool stop_requested = false;
  bool commit_pending = false;  ///< a commit is under way and will be reported
  bool held = false;            ///< waits for `admitted`
  bool ending = false;          ///< nothing is begun any more
  timestamp deadline;
  timestamp extend_at;
  timestamp act_at;      ///< running: stop or abandon; waiting: run again; settling: commit again
  timestamp started_at;  ///< of the attempt
  std::chrono::microseconds duration{};
  verdict decided;       ///< while settling
  evd::failure failure;  ///< of the attempt, when it failed
};

/// Takes in what happened at `now`.
[[nodiscard]] delivery_actions step(delivery_state& state, const delivery_rules& rules, delivery_input&& input,
                                    timestamp now);

/// When a `tick` is next of use. REQUIRES: not done.
[[nodiscard]] timestamp next_tick(const delivery_state& state);

std::ostream& operator<<(std::ostream& out, const verdict& what);
std::ostream& operator<<(std::ostream& out, const delivery_action& action);
std::ostream& operator<<(std::ostream& out, const delivery_actions& actions);

}  // namespace evd::core
