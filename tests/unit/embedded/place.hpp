#pragma once
/// A folder with an evd file, what a test does with it, and what it expects to find in it afterwards.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <fstream>
#include <functional>
#include <future>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <evd/testing/inbox.hpp>
#include <evd/testing/records.hpp>

#include "broker/embedded/embedded_log.hpp"
#include "unit/sqlite/temporary_folder.hpp"

namespace evd::test {

using broker_embedded::embedded_options;
using broker_embedded::opened_as;
using std::chrono::milliseconds;
using engine = std::unique_ptr<broker_embedded::embedded>;

inline std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Looks at `holds` until it does; false: it does not within `patience`.
inline bool wait_until(const std::function<bool()>& holds, milliseconds at_most = testing::patience) {
  const auto until = std::chrono::steady_clock::now() + at_most;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(milliseconds(1));
  }
  return true;
}

/// Handles what comes: one write with its outcome and its acknowledgement. A write that fails is not repeated: the
/// delivery lapses and comes again.
/// Threads: any. Lifetime: ends before its log.
class worker {
 public:
  worker(port::log& log, const subscription_record& what) : log_(log), state_(std::make_shared<state>()) {
    auto made = log.subscribe(what, [&log, what, state = state_](std::vector<port::delivery> deliveries) {
      for (auto& each : deliveries) {
        const auto& event = *std::get<std::shared_ptr<const event_record>>(each.item);
        port::write write;
        write.journal.emplace_back(testing::make_outcome(event, what, each.attempt));
        write.acknowledged = {each.token};
        const auto id = event.id;
        {
          const std::lock_guard hold{state->mutex};
          ++state->given[id];
        }
        log.commit(std::move(write), [state, id](const result<port::receipt>& done) {
          if (!done) return;
          const std::lock_guard hold{state->mutex};
          state->handled.insert(id);
          state->changed.notify_all();
        });
      }
    });
    if (!made) throw failure_exception(std::move(made).error());
    consumer_ = *std::move(made);
    consumer_->request(1'000'000);
  }

  /// Waits until that many have been handled, each counted once.
  bool wait_for(std::size_t count) const {
    std::unique_lock hold{state_->mutex};
    return state_->changed.wait_for(hold, testing::patience, [&] { return state_->handled.size() >= count; });
  }
  [[nodiscard]] std::set<id> handled() const {
    const std::lock_guard hold{state_->mutex};
    return {state_->handled.begin(), state_->handled.end()};
  }
  /// How often each was handed over to this worker.
  [[nodiscard]] std::map<id, int> given() const {
    const std::lock_guard hold{state_->mutex};
    return {state_->given.begin(), state_->given.end()};
  }

 private:
  struct state {
    mutable std::mutex mutex;
    std::condition_variable changed;
    std::set<id> handled;
    std::map<id, int> given;
  };
  port::log& log_;
  std::shared_ptr<state> state_;
  std::unique_ptr<port::consumer> consumer_;
};

class embedded_test : public ::testing::Test {
 protected:
  embedded_test() { options.path = folder / "evd.db"; }

  [[nodiscard]] result<engine> open(opened_as mode = opened_as::application) const {
    auto how = options;
    how.mode = mode;
    return broker_embedded::open_embedded(how);
  }
  [[nodiscard]] engine must_open(opened_as mode = opened_as::application) const {
    auto opened = open(mode);
    if (!opened) throw failure_exception(std::move(opened).error());
    return *std::move(opened);
  }
  /// The error of opening, whose text has the path and whose hint says what to do.
  [[nodiscard]] error refusal(opened_as mode = opened_as::application) const {
    auto opened = open(mode);
    EXPECT_FALSE(opened) << "it should not have been opened";
    if (opened) return {};
    EXPECT_THAT(opened.error().detail, ::testing::HasSubstr(options.path)) << opened.error().to_string();
    EXPECT_FALSE(opened.error().hint.empty()) << opened.error().to_string();
    return std::move(opened).error();
  }

  /// An event whose data have about `bytes` bytes.
  static event_record event_of_size(std::size_t bytes) {
    auto event = testing::make_event();
    event.data.text = R"({"text":")" + std::string(bytes, 'x') + "\"}";
    return event;
  }
  static result<port::receipt> publish(port::log& log, event_record event) {
    port::write write;
    write.events.push_back(std::move(event));
    return testing::commit(log, std::move(write));
  }
  static std::set<id> publish_many(port::log& log, std::size_t count, std::size_t bytes = 300) {
    std::set<id> ids;
    while (ids.size() < count) {
      port::write write;
      for (std::size_t at = 0; at < 100 && ids.size() < count; ++at) {
        write.events.push_back(event_of_size(bytes));
        ids.insert(write.events.back().id);
      }
      const auto done = testing::commit(log, std::move(write));
      EXPECT_TRUE(done) << done.error().to_string();
    }
    return ids;
  }
  /// A file with so many events in it, closed.
  std::set<id> make_file(std::size_t events) const { return publish_many(must_open()->log(), events); }

  /// Every event that the store lists; a double one fails the test.
  static std::set<id> stored(port::store& store) {
    std::set<id> ids;
    port::page_request page;
    page.limit = 500;
    do {
      const auto listed = store.events({}, page);
      EXPECT_TRUE(listed) << listed.error().to_string();
      if (!listed) break;
      for (const auto& each : listed->items) EXPECT_TRUE(ids.insert(each.event.id).second) << "twice";
      page.after = listed->next;
    } while (!page.after.empty());
    return ids;
  }
  static subscription_record subscription(milliseconds ack_wait = milliseconds(30'000), std::string name = "work") {
    auto what = testing::make_subscription(std::move(name));
    what.ack_wait = ack_wait;
    return what;
  }

  temporary_folder folder;
  embedded_options options;
};

}  // namespace evd::test
