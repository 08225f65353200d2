#pragma once
/// The conformance suite of `port::log`: every promise its comments make, as a test.
///
/// A backend includes this in one file and instantiates it:
///
///     INSTANTIATE_TEST_SUITE_P(embedded, log_suite, ::testing::Values(log_case{"combined", make_place, {}}),
///     case_name);
///
/// A backend's exemption from a case states a promise it does not make (`log_features`), never a defect.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include <evd/port/log.hpp>
#include <evd/testing/inbox.hpp>
#include <evd/testing/records.hpp>

namespace evd::testing {

/// One opening of a log, as a process has it.
class opened_log {
 public:
  virtual ~opened_log() = default;
  [[nodiscard]] virtual port::log& log() = 0;
};

/// A log that is new and empty. It can be opened several times, one after another and at once.
class log_place {
 public:
  virtual ~log_place() = default;
  [[nodiscard]] virtual std::unique_ptr<opened_log> open() = 0;
};

struct log_features {
  bool opens_twice = true;  ///< several processes at once
  bool is_its_own_store = true;
};

struct log_case {
  std::string name;
  std::function<std::unique_ptr<log_place>()> make;
  log_features features;
};

inline std::string log_case_name(const ::testing::TestParamInfo<log_case>& info) {
  return info.param.name;
}
inline void PrintTo(const log_case& what, std::ostream* out) {
  *out << what.name;
}

class log_suite : public ::testing::TestWithParam<log_case> {
 protected:
  using events = std::vector<event_record>;
  using milliseconds = std::chrono::milliseconds;
  static constexpr milliseconds short_wait{300};

  void SetUp() override {
    place_ = GetParam().make();
    open();
  }

  void open() {
    opened_ = place_->open();
    ASSERT_TRUE(opened_);
  }
  void reopen() {
    consumer_.reset();
    opened_.reset();
    open();
  }
  [[nodiscard]] port::log& log() { return opened_->log(); }

  port::receipt must_commit(port::write write) {
    auto done = commit(log(), std::move(write));
    EXPECT_TRUE(done) << (done ? "" : done.error().to_string());
    return done ? *done : port::receipt{};
  }
  events publish(std::size_t count, const std::string& subject = "User.nameUpdated") {
    auto made = make_events(count, subject);
    port::write write;
    write.events = made;
    must_commit(std::move(write));
    return made;
  }
  std::unique_ptr<port::consumer> subscribe(port::log& to, const subscription_record& what, inbox& into) {
    auto consumer = to.subscribe(what, into.sink());
    EXPECT_TRUE(consumer) << (consumer ? "" : consumer.error().to_string());
    return consumer ? *std::move(consumer) : nullptr;
  }
  void take_part(const subscription_record& what, std::size_t demand) {
    consumer_ = subscribe(log(), what, inbox_);
    ASSERT_TRUE(consumer_);
    consumer_->request(demand);
  }
  /// Reads on, `limit` at a time, until there is nothing new.
  std::vector<positioned_record> read_all(log_cursor from, std::size_t limit, log_cursor* end = nullptr) {
    std::vector<positioned_record> all;
    for (;;) {
      auto page = log().read(from, limit);
      EXPECT_TRUE(page) << (page ? "" : page.error().to_string());
      if (!page || page->upto == from) break;
      EXPECT_TRUE(page->unreadable.empty());
      from = page->upto;
      for (auto& each : page->records) all.push_back(std::move(each));
    }
    if (end != nullptr) *end = from;
    return all;
  }
  void acknowledge(std::vector<port::delivery_token> tokens) {
    port::write write;
    write.acknowledged = std::move(tokens);
    must_commit(std::move(write));
  }
  static std::vector<event_id> ids(const std::vector<port::delivery>& deliveries) {
    std::vector<event_id> all;
    for (const auto& each : deliveries) all.push_back(event_of(each));
    return all;
  }
  static std::vector<event_id> ids(const events& records) {
    std::vector<event_id> all;
    for (const auto& each : records) all.push_back(each.id);
    return all;
  }
  static subscription_record lapsing(std::string name = "lapsing", milliseconds wait = short_wait) {
    auto what = make_subscription(std::move(name));
    what.ack_wait = wait;
    return what;
  }

  std::unique_ptr<log_place> place_;
  std::unique_ptr<opened_log> opened_;
  inbox inbox_;
  std::unique_ptr<port::consumer> consumer_;
};

// ---- committing ----

TEST_P(log_suite, a_committed_event_is_delivered_as_it_was_published) {
  auto event = make_event();
  event.linked = {command_id{fresh_id()}};
  event.parents.push_back(fresh_id());
  event.key = "k";
  event.subscription = "rename";
  event.headers = {{"traceparent", "00-1"}, {"x", "\"quoted\"\n"}};
  event.data.text = R"({"text":"z\u00e4hl","list":[1,2.5,null]})";
  take_part(make_subscription(), 1);
  port::write write;
  write.events = {event};
  const auto receipt = must_commit(std::move(write));
  const auto got = inbox_.wait(1);
  ASSERT_EQ(got.size(), 1U);
  EXPECT_EQ(*std::get<std::shared_ptr<const event_record>>(got[0].item), event);
  EXPECT_EQ(got[0].attempt, 1U);
  EXPECT_EQ(got[0].handed_over, 1U);
  EXPECT_EQ(got[0].position, receipt.position);
  EXPECT_GT(got[0].deadline, present());
}

TEST_P(log_suite, a_committed_event_survives_the_process_that_committed_it) {
  const auto sent = publish(3);
  reopen();
  take_part(make_subscription(), 10);
  EXPECT_EQ(ids(inbox_.wait(3)), ids(sent));
}

TEST_P(log_suite, an_event_read_from_the_file_is_as_it_was_published) {
  auto event = make_event();
  event.headers = {{"a", "b"}};
  event.linked = {command_id{fresh_id()}};
  event.key = "key";
  port::write write;
  write.events = {event};
  must_commit(std::move(write));
  reopen();
  take_part(make_subscription(), 1);
  const auto got = inbox_.wait(1);
  ASSERT_EQ(got.size(), 1U);
  EXPECT_EQ(*std::get<std::shared_ptr<const event_record>>(got[0].item), event);
}

TEST_P(log_suite, an_event_committed_twice_is_delivered_once_and_the_receipt_says_so) {
  take_part(make_subscription(), 10);
  const auto event = make_event();
  port::write first;
  first.events = {event};
  EXPECT_TRUE(must_commit(first).duplicates.empty());
  auto changed = event;
  changed.data.text = R"({"other":true})";
  port::write second;
  second.events = {changed, make_event()};
  EXPECT_EQ(must_commit(second).duplicates, std::vector{event.id});
  const auto got = inbox_.wait(2);
  ASSERT_EQ(got.size(), 2U);
  EXPECT_EQ(*std::get<std::shared_ptr<const event_record>>(got[0].item), event) << "the first one stays";
  EXPECT_TRUE(inbox_.stays_at(2, milliseconds{50}));
}

TEST_P(log_suite, an_event_twice_in_one_write_is_delivered_once) {
  take_part(make_subscription(), 10);
  const auto event = make_event();
  port::write write;
  write.events = {event, event};
  EXPECT_EQ(must_commit(std::move(write)).duplicates, std::vector{event.id});
  EXPECT_EQ(inbox_.wait(1).size(), 1U);
  EXPECT_TRUE(inbox_.stays_at(1, milliseconds{50}));
}

TEST_P(log_suite, duplicates_are_known_after_reopening) {
  const auto sent = publish(1);
  reopen();
  port::write again;
  again.events = sent;
  EXPECT_EQ(must_commit(std::move(again)).duplicates, ids(sent));
}

TEST_P(log_suite, positions_grow_with_every_write) {
  log_position last;
  for (int i = 0; i < 5; ++i) {
    port::write write;
    write.events = {make_event()};
    const auto position = must_commit(std::move(write)).position;
    EXPECT_GT(position, last);
    last = position;
  }
  reopen();
  port::write write;
  write.commands = {make_command()};
  EXPECT_GT(must_commit(std::move(write)).position, last);
  const auto status = log().status();
  ASSERT_TRUE(status);
  EXPECT_GT(status->last.log, last);
  EXPECT_GT(status->bytes, 0U);
  EXPECT_FALSE(status->description.empty());
}

TEST_P(log_suite, many_threads_commit_at_once_and_nothing_is_lost) {
  constexpr std::size_t threads = 4;
  constexpr std::size_t each = 50;
  take_part(make_subscription(), threads * each);
  std::vector<std::thread> all;
  for (std::size_t i = 0; i < threads; ++i) {
    all.emplace_back([&] {
      for (std::size_t n = 0; n < each; ++n) {
        port::write write;
        write.events = {make_event()};
        EXPECT_TRUE(commit(log(), std::move(write)));
      }
    });
  }
  for (auto& thread : all) thread.join();
  const auto got = ids(inbox_.wait(threads * each));
  EXPECT_EQ(std::set<event_id>(got.begin(), got.end()).size(), threads * each);
}

TEST_P(log_suite, closing_the_log_completes_what_was_committed_first) {
  std::atomic<int> completed{0};
  for (int i = 0; i < 100; ++i) {
    port::write write;
    write.events = {make_event()};
    log().commit(std::move(write), [&](const result<port::receipt>& done) { completed += done ? 1 : 0; });
  }
  opened_.reset();
  EXPECT_EQ(completed, 100);
}

TEST_P(log_suite, a_completion_may_commit_again) {
  take_part(make_subscription(), 2);
  std::promise<bool> second;
  port::write write;
  write.events = {make_event()};
  log().commit(std::move(write), [&](const result<port::receipt>&) {
    port::write next;
    next.events = {make_event()};
    log().commit(std::move(next), [&](const result<port::receipt>& done) { second.set_value(done.has_value()); });
  });
  EXPECT_TRUE(second.get_future().get());
  EXPECT_EQ(inbox_.wait(2).size(), 2U);
}

TEST_P(log_suite, a_sink_may_use_the_log) {
  inbox chained;
  const auto consumer = subscribe(log(), make_subscription("second", {"Blog.userUpdated"}), chained);
  consumer->request(1);
  inbox third;
  std::unique_ptr<port::consumer> late;
  auto first = log().subscribe(make_subscription(), [&](const std::vector<port::delivery>& deliveries) {
    late = subscribe(log(), make_subscription("late", {"Blog.userUpdated"}), third);
    late->request(1);
    port::write write;
    write.events = {make_event("Blog.userUpdated")};
    write.acknowledged = {deliveries.at(0).token};
    log().commit(std::move(write), {});
  });
  ASSERT_TRUE(first);
  (*first)->request(1);
  publish(1);
  EXPECT_EQ(chained.wait(1).size(), 1U);
  EXPECT_EQ(third.wait(1).size(), 1U);
  (*first).reset();
  late.reset();
}

// ---- subscriptions ----

TEST_P(log_suite, a_subscription_gets_what_its_filters_name) {
  take_part(make_subscription("wild", {"User.*", "Blog.>", "Comment.added"}), 100);
  const std::vector<std::string> subjects{"User.nameUpdated", "User.name.updated", "Blog.created",     "Blog.a.b.c",
                                          "Comment.added",    "Comment.removed",   "Users.nameUpdated"};
  for (const auto& subject : subjects) publish(1, subject);
  std::vector<std::string> got;
  for (const auto& each : inbox_.wait(4)) got.push_back(std::get<0>(each.item)->subject);
  EXPECT_THAT(got, ::testing::ElementsAre("User.nameUpdated", "Blog.created", "Blog.a.b.c", "Comment.added"));
}

TEST_P(log_suite, a_new_subscription_begins_at_the_beginning_unless_it_says_from_now) {
  const auto before = publish(2);
  auto from_now = make_subscription("fromNow");
  from_now.from_now = true;
  inbox late;
  const auto consumer = subscribe(log(), from_now, late);
  consumer->request(10);
  take_part(make_subscription("all"), 10);
  const auto after = publish(1);
  EXPECT_EQ(inbox_.wait(3).size(), 3U);
  EXPECT_EQ(ids(late.wait(1)), ids(after));
  EXPECT_TRUE(late.stays_at(1, milliseconds{50}));
}

TEST_P(log_suite, from_now_counts_from_the_first_registration) {
  auto from_now = make_subscription("fromNow");
  from_now.from_now = true;
  take_part(from_now, 0);
  consumer_.reset();
  const auto between = publish(2);
  reopen();
  take_part(from_now, 10);
  EXPECT_EQ(ids(inbox_.wait(2)), ids(between));
}

TEST_P(log_suite, subscriptions_are_independent_of_each_other) {
  inbox other;
  const auto second = subscribe(log(), make_subscription("second"), other);
  take_part(make_subscription("first"), 10);
  const auto sent = publish(3);
  const auto got = inbox_.wait(3);
  ASSERT_EQ(got.size(), 3U);
  acknowledge({got[0].token, got[1].token, got[2].token});
  second->request(10);
  EXPECT_EQ(ids(other.wait(3)), ids(sent));
}

TEST_P(log_suite, a_subscription_of_another_kind_is_refused) {
  take_part(make_subscription("mine"), 1);
  const auto other =
      log().subscribe(make_subscription("mine", {"User.nameUpdated"}, subscription_kind::ordered), inbox_.sink());
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, errc::incompatible);
}

TEST_P(log_suite, no_more_comes_than_was_asked_for) {
  inbox witness;
  const auto all = subscribe(log(), make_subscription("witness"), witness);
  all->request(1000);
  take_part(make_subscription(), 2);
  publish(5);
  ASSERT_EQ(witness.wait(5).size(), 5U);
  ASSERT_EQ(inbox_.wait(2).size(), 2U);
  EXPECT_TRUE(inbox_.stays_at(2, milliseconds{50}));
  consumer_->request(1);
  ASSERT_EQ(inbox_.wait(3).size(), 3U);
  EXPECT_TRUE(inbox_.stays_at(3, milliseconds{50}));
  consumer_->request(10);
  EXPECT_EQ(inbox_.wait(5).size(), 5U);
}

TEST_P(log_suite, a_backlog_is_delivered_whole_and_in_order) {
  std::vector<event_id> sent;
  for (int i = 0; i < 6; ++i) {
    for (const auto& each : publish(1'000)) sent.push_back(each.id);
    publish(100, "Other.subject");
  }
  auto what = make_subscription("backlog");
  inbox into;
  port::consumer* asking = nullptr;
  auto sink = into.sink();
  auto consumer = log().subscribe(what, [&](std::vector<port::delivery> deliveries) {
    port::write write;
    for (const auto& each : deliveries) write.acknowledged.push_back(each.token);
    const auto count = deliveries.size();
    sink(std::move(deliveries));
    log().commit(std::move(write), {});
    asking->request(count);
  });
  ASSERT_TRUE(consumer);
  asking = consumer->get();
  asking->request(64);
  EXPECT_EQ(ids(into.wait(sent.size())), sent);
  consumer->reset();
}

TEST_P(log_suite, two_consumers_share_and_each_event_reaches_one_of_them) {
  inbox other;
  const auto second = subscribe(log(), make_subscription(), other);
  second->request(100);
  take_part(make_subscription(), 100);
  const auto sent = publish(60);
  std::set<event_id> got;
  const auto until = std::chrono::steady_clock::now() + patience;
  while (inbox_.size() + other.size() < 60 && std::chrono::steady_clock::now() < until) {
    (void)inbox_.wait(inbox_.size() + 1, milliseconds{20});
  }
  for (const auto& id : ids(inbox_.wait(0))) EXPECT_TRUE(got.insert(id).second);
  for (const auto& id : ids(other.wait(0))) EXPECT_TRUE(got.insert(id).second);
  EXPECT_EQ(got.size(), 60U);
}

// ---- acknowledging, lapsing, handing back ----

TEST_P(log_suite, what_is_acknowledged_never_comes_again) {
  take_part(lapsing(), 10);
  publish(3);
  const auto got = inbox_.wait(3);
  ASSERT_GE(got.size(), 3U);
  std::vector<port::delivery_token> tokens;
  for (const auto& each : got) tokens.push_back(each.token);
  acknowledge(tokens);
  const auto settled = inbox_.size();  // a slow machine may have seen some lapse first
  EXPECT_TRUE(settled > 3 || inbox_.stays_at(3, 2 * short_wait));
  reopen();
  inbox later;
  const auto consumer = subscribe(log(), lapsing(), later);
  consumer->request(10);
  const auto fresh = publish(1);
  const auto seen = later.wait(1);
  ASSERT_FALSE(seen.empty());
  EXPECT_EQ(event_of(seen[0]), fresh[0].id);
}

TEST_P(log_suite, an_outcome_and_its_acknowledgement_are_one_write) {
  const auto what = make_subscription();
  take_part(what, 1);
  const auto sent = publish(1);
  const auto got = inbox_.wait(1);
  ASSERT_EQ(got.size(), 1U);
  port::write write;
  write.events = {make_event("Blog.userUpdated")};
  write.journal = {make_outcome(sent[0], what)};
  write.acknowledged = {got[0].token};
  must_commit(std::move(write));
  const auto state = log().inspect(sent[0].id, {what.module, what.name});
  ASSERT_TRUE(state);
  EXPECT_TRUE(state->handled);
  EXPECT_FALSE(state->in_work);
  reopen();
  inbox later;
  const auto consumer = subscribe(log(), what, later);
  consumer->request(10);
  const auto fresh = publish(1);
  EXPECT_EQ(ids(later.wait(1)), ids(fresh));
}

TEST_P(log_suite, what_is_not_acknowledged_comes_again_after_the_ack_wait) {
  take_part(lapsing(), 2);
  const auto sent = publish(1);
  const auto got = inbox_.wait(2);
  ASSERT_EQ(got.size(), 2U);
  EXPECT_EQ(ids(got), (std::vector{sent[0].id, sent[0].id}));
  EXPECT_EQ(got[0].handed_over, 1U);
  EXPECT_EQ(got[1].handed_over, 2U);
  EXPECT_EQ(got[1].attempt, 1U) << "a lapse is no failed attempt";
  EXPECT_NE(got[0].token, got[1].token);
  EXPECT_GE(got[1].deadline - got[0].deadline, short_wait - milliseconds{20});
}

TEST_P(log_suite, a_lapsed_token_is_ignored) {
  take_part(lapsing("late", milliseconds{1000}), 2);
  publish(1);
  const auto got = inbox_.wait(2);
  ASSERT_EQ(got.size(), 2U);
  acknowledge({got[0].token});  // the first handing over has lapsed: this must not settle the second
  consumer_->request(1);
  EXPECT_EQ(inbox_.wait(3).size(), 3U);
}

TEST_P(log_suite, extending_keeps_a_delivery_and_not_extending_loses_it) {
  take_part(lapsing("extended", milliseconds{1000}), 2);
  const auto sent = publish(1);
  const auto got = inbox_.wait(1);
  ASSERT_EQ(got.size(), 1U);
  const auto end = std::chrono::steady_clock::now() + milliseconds{2500};
  while (std::chrono::steady_clock::now() < end) {
    consumer_->extend(std::span{&got[0].token, 1});
    EXPECT_TRUE(inbox_.stays_at(1, milliseconds{100}));
  }
  EXPECT_EQ(inbox_.wait(2).size(), 2U);
}

TEST_P(log_suite, what_is_released_comes_again_at_once_and_does_not_count) {
  take_part(make_subscription(), 1);
  const auto sent = publish(1);
  const auto got = inbox_.wait(1);
  ASSERT_EQ(got.size(), 1U);
  consumer_->release(std::span{&got[0].token, 1});
  consumer_->request(1);
  const auto again = inbox_.wait(2);
  ASSERT_EQ(again.size(), 2U);
  EXPECT_EQ(event_of(again[1]), sent[0].id);
  EXPECT_EQ(again[1].handed_over, 1U);
}

TEST_P(log_suite, destroying_a_consumer_hands_back_what_it_had) {
  take_part(make_subscription(), 5);
  const auto sent = publish(2);
  ASSERT_EQ(inbox_.wait(2).size(), 2U);
  consumer_.reset();
  inbox other;
  const auto next = subscribe(log(), make_subscription(), other);
  next->request(5);
  EXPECT_EQ(ids(other.wait(2)), ids(sent));
}

TEST_P(log_suite, after_stop_nothing_comes_and_what_is_there_can_be_acknowledged) {
  const auto what = make_subscription();
  take_part(what, 100);
  publish(1);
  const auto got = inbox_.wait(1);
  ASSERT_EQ(got.size(), 1U);
  std::promise<void> stopped;
  consumer_->stop([&] { stopped.set_value(); });
  stopped.get_future().wait();
  inbox witness;
  const auto other = subscribe(log(), make_subscription("witness"), witness);
  other->request(10);
  const auto later = publish(2);
  ASSERT_EQ(witness.wait(3).size(), 3U);
  EXPECT_EQ(inbox_.size(), 1U);
  acknowledge({got[0].token});
  consumer_.reset();
  inbox next;
  const auto successor = subscribe(log(), what, next);
  successor->request(10);
  EXPECT_EQ(ids(next.wait(2)), ids(later));
}

TEST_P(log_suite, unacknowledged_deliveries_come_again_after_reopening) {
  take_part(make_subscription(), 3);
  const auto sent = publish(3);
  const auto got = inbox_.wait(3);
  ASSERT_EQ(got.size(), 3U);
  acknowledge({got[1].token});
  reopen();
  inbox later;
  const auto consumer = subscribe(log(), make_subscription(), later);
  consumer->request(3);
  EXPECT_EQ(ids(later.wait(2)), (std::vector{sent[0].id, sent[2].id}));
  EXPECT_TRUE(later.stays_at(2, milliseconds{50}));
}

// ---- retries ----

TEST_P(log_suite, a_retry_comes_when_it_is_due_and_only_to_its_subscription) {
  const auto what = make_subscription("failing");
  inbox other;
  const auto second = subscribe(log(), make_subscription("other"), other);
  second->request(10);
  take_part(what, 10);
  const auto sent = publish(1);
  const auto got = inbox_.wait(1);
  ASSERT_EQ(got.size(), 1U);
  const auto due = present() + milliseconds{400};
  port::write write;
  write.journal = {make_attempt(sent[0], what)};
  write.retries = {make_retry(sent[0], what, 2, due)};
  write.acknowledged = {got[0].token};
  const auto receipt = must_commit(std::move(write));
  EXPECT_TRUE(receipt.retries_waiting.empty());
  const auto state = log().inspect(sent[0].id, {what.module, what.name});
  ASSERT_TRUE(state);
  ASSERT_TRUE(state->retry);
  EXPECT_EQ(state->retry->attempt, 2U);
  const auto again = inbox_.wait(2);
  EXPECT_GE(present(), due);
  ASSERT_EQ(again.size(), 2U);
  EXPECT_EQ(event_of(again[1]), sent[0].id);
  EXPECT_EQ(again[1].attempt, 2U);
  EXPECT_EQ(again[1].position, got[0].position);
  acknowledge({again[1].token});
  EXPECT_TRUE(inbox_.stays_at(2, milliseconds{100}));
  EXPECT_EQ(other.wait(1).size(), 1U);
  EXPECT_TRUE(other.stays_at(1, milliseconds{1}));
}

TEST_P(log_suite, a_retry_survives_reopening) {
  const auto what = make_subscription();
  take_part(what, 1);
  const auto sent = publish(1);
  const auto got = inbox_.wait(1);
  ASSERT_EQ(got.size(), 1U);
  port::write write;
  write.retries = {make_retry(sent[0], what, 3, present() + milliseconds{100})};
  write.acknowledged = {got[0].token};
  must_commit(std::move(write));
  reopen();
  inbox later;
  const auto consumer = subscribe(log(), what, later);
  consumer->request(5);
  const auto again = later.wait(1);
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].attempt, 3U);
  EXPECT_TRUE(later.stays_at(1, milliseconds{50}));
}

TEST_P(log_suite, of_one_event_and_subscription_only_one_retry_waits) {
  const auto what = make_subscription();
  take_part(what, 10);
  const auto sent = publish(1);
  const auto got = inbox_.wait(1);
  ASSERT_EQ(got.size(), 1U);
  acknowledge({got[0].token});
  const auto due = present() + milliseconds{300};
  port::write first;
  first.retries = {make_retry(sent[0], what, 6, due)};
  EXPECT_TRUE(must_commit(std::move(first)).retries_waiting.empty());
  port::write second;
  second.retries = {make_retry(sent[0], what, 6, due), make_retry(sent[0], what, 7, due)};
  EXPECT_EQ(must_commit(std::move(second)).retries_waiting, (std::vector{sent[0].id, sent[0].id}));
  const auto again = inbox_.wait(2);
  ASSERT_EQ(again.size(), 2U);
  EXPECT_EQ(again[1].attempt, 6U);
  acknowledge({again[1].token});
  EXPECT_TRUE(inbox_.stays_at(2, milliseconds{100}));
}

TEST_P(log_suite, a_retry_in_work_makes_way_for_the_next_one) {
  const auto what = make_subscription();
  take_part(what, 10);
  const auto sent = publish(1);
  auto token = inbox_.wait(1).at(0).token;
  for (std::uint32_t attempt = 2; attempt <= 4; ++attempt) {
    port::write write;
    write.retries = {make_retry(sent[0], what, attempt, present())};
    if (attempt != 3) write.acknowledged = {token};
    EXPECT_TRUE(must_commit(std::move(write)).retries_waiting.empty()) << attempt;
    if (attempt == 3) acknowledge({token});  // also as a write of its own
    const auto got = inbox_.wait(attempt);
    ASSERT_EQ(got.size(), attempt);
    EXPECT_EQ(got.back().attempt, attempt);
    token = got.back().token;
  }
  acknowledge({token});
  EXPECT_TRUE(inbox_.stays_at(4, milliseconds{50}));
}

TEST_P(log_suite, a_waiting_retry_keeps_nothing_behind_it) {
  const auto what = make_subscription();
  take_part(what, 1);
  const auto sent = publish(1);
  const auto got = inbox_.wait(1);
  ASSERT_EQ(got.size(), 1U);
  port::write write;
  write.retries = {make_retry(sent[0], what, 2, present() + std::chrono::hours{1})};
  write.acknowledged = {got[0].token};
  must_commit(std::move(write));
  consumer_->request(1);
  const auto next = publish(1);
  EXPECT_EQ(event_of(inbox_.wait(2).back()), next[0].id);
  const auto lags = log().lags();
  ASSERT_TRUE(lags);
  ASSERT_EQ(lags->size(), 1U);
  EXPECT_EQ(lags->front().retries_waiting, 1U);
  EXPECT_EQ(lags->front().in_work, 1U);
  EXPECT_EQ(lags->front().pending, 2U);
}

TEST_P(log_suite, a_retry_that_lapses_comes_again_with_its_number) {
  const auto what = lapsing();
  take_part(what, 10);
  const auto sent = publish(1);
  port::write write;
  write.retries = {make_retry(sent[0], what, 4, present())};
  write.acknowledged = {inbox_.wait(1).at(0).token};
  must_commit(std::move(write));
  std::vector<port::delivery> retries;
  for (std::size_t count = 2; retries.size() < 2 && count < 10; ++count) {
    retries.clear();
    for (const auto& each : inbox_.wait(count)) {
      if (each.attempt == 4) retries.push_back(each);
    }
  }
  ASSERT_EQ(retries.size(), 2U);
  EXPECT_EQ(retries[1].handed_over, retries[0].handed_over + 1);
}

// ---- delayed events and durable commands ----

TEST_P(log_suite, a_delayed_event_enters_the_log_at_its_time) {
  take_part(make_subscription(), 10);
  auto late = make_event();
  late.not_before = present() + milliseconds{400};
  port::write write;
  write.events = {late};
  must_commit(write);
  EXPECT_EQ(must_commit(write).duplicates, std::vector{late.id}) << "it waits already";
  const auto early = publish(1);
  const auto got = inbox_.wait(2);
  EXPECT_GE(present(), *late.not_before);
  EXPECT_EQ(ids(got), (std::vector{early[0].id, late.id}));
  EXPECT_EQ(*std::get<0>(got.back().item), late);
  EXPECT_EQ(must_commit(write).duplicates, std::vector{late.id}) << "it is in the log already";
}

TEST_P(log_suite, a_delayed_event_survives_reopening) {
  auto late = make_event();
  late.not_before = present() + milliseconds{200};
  port::write write;
  write.events = {late};
  must_commit(write);
  reopen();
  take_part(make_subscription(), 1);
  EXPECT_EQ(ids(inbox_.wait(1)), std::vector{late.id});
}

TEST_P(log_suite, a_durable_command_is_run_by_its_consumer_and_an_in_place_one_is_not) {
  const auto durable = make_command("importUsers", command_mode::durable);
  port::write write;
  write.commands = {make_command("importUsers", command_mode::in_place), durable};
  must_commit(write);
  must_commit(write);  // a repeated write changes nothing
  auto what = make_subscription("importUsers", {"importUsers"}, subscription_kind::command);
  what.module = "User";
  take_part(what, 10);
  const auto got = inbox_.wait(1);
  ASSERT_EQ(got.size(), 1U);
  EXPECT_EQ(*std::get<std::shared_ptr<const command_record>>(got[0].item), durable);
  EXPECT_EQ(got[0].attempt, 1U);
  EXPECT_TRUE(inbox_.stays_at(1, milliseconds{50}));
  port::write end;
  end.journal = {make_command_outcome(durable)};
  end.acknowledged = {got[0].token};
  must_commit(std::move(end));
  const auto second = make_command("importUsers", command_mode::durable);
  port::write more;
  more.commands = {second};
  must_commit(std::move(more));
  const auto next = inbox_.wait(2);
  ASSERT_EQ(next.size(), 2U);
  EXPECT_EQ(std::get<1>(next[1].item)->id, second.id);
}

TEST_P(log_suite, a_durable_command_that_failed_is_retried) {
  auto what = make_subscription("importUsers", {"importUsers"}, subscription_kind::command);
  what.module = "User";
  take_part(what, 10);
  const auto command = make_command("importUsers", command_mode::durable);
  port::write write;
  write.commands = {command};
  must_commit(std::move(write));
  const auto got = inbox_.wait(1);
  ASSERT_EQ(got.size(), 1U);
  port::write failed;
  failed.retries.push_back({event_id{command.id}, command.id, what.module, what.name, 2, present(), got[0].item});
  failed.acknowledged = {got[0].token};
  must_commit(std::move(failed));
  const auto again = inbox_.wait(2);
  ASSERT_EQ(again.size(), 2U);
  EXPECT_EQ(again[1].attempt, 2U);
  EXPECT_EQ(std::get<1>(again[1].item)->id, command.id);
}

// ---- ordered subscriptions ----

TEST_P(log_suite, an_ordered_subscription_has_one_owner_at_a_time) {
  const auto what = make_subscription("ordered", {"User.nameUpdated"}, subscription_kind::ordered);
  inbox other;
  take_part(what, 100);
  auto second = subscribe(log(), what, other);
  second->request(100);
  const auto sent = publish(20);
  EXPECT_EQ(ids(inbox_.wait(20)), ids(sent));
  EXPECT_EQ(other.size(), 0U);
}

TEST_P(log_suite, the_next_owner_begins_when_nothing_of_the_former_is_in_work) {
  const auto what = make_subscription("ordered", {"User.nameUpdated"}, subscription_kind::ordered);
  inbox other;
  take_part(what, 2);
  auto second = subscribe(log(), what, other);
  second->request(100);
  const auto sent = publish(4);
  const auto got = inbox_.wait(2);
  ASSERT_EQ(got.size(), 2U);
  std::promise<void> stopped;
  consumer_->stop([&] { stopped.set_value(); });
  stopped.get_future().wait();
  EXPECT_TRUE(other.stays_at(0, milliseconds{100})) << "two are in work still";
  acknowledge({got[0].token});
  EXPECT_TRUE(other.stays_at(0, milliseconds{100})) << "one is in work still";
  acknowledge({got[1].token});
  EXPECT_EQ(ids(other.wait(2)), (std::vector{sent[2].id, sent[3].id}));
}

TEST_P(log_suite, what_an_owner_hands_back_comes_before_what_follows) {
  const auto what = make_subscription("ordered", {"User.nameUpdated"}, subscription_kind::ordered);
  take_part(what, 2);
  const auto sent = publish(4);
  ASSERT_EQ(inbox_.wait(2).size(), 2U);
  consumer_.reset();
  inbox other;
  const auto second = subscribe(log(), what, other);
  second->request(100);
  EXPECT_EQ(ids(other.wait(4)), ids(sent));
}

// ---- several openings ----

TEST_P(log_suite, two_openings_share_the_events_of_a_subscription) {
  if (!GetParam().features.opens_twice) GTEST_SKIP() << "this log is opened by one process";
  const auto second = place_->open();
  inbox other;
  auto consumer = subscribe(second->log(), make_subscription(), other);
  take_part(make_subscription(), 10);
  consumer->request(10);
  const auto sent = publish(15);
  const auto until = std::chrono::steady_clock::now() + patience;
  while (inbox_.size() + other.size() < 15 && std::chrono::steady_clock::now() < until) {
    (void)other.wait(other.size() + 1, milliseconds{20});
  }
  std::set<event_id> got;
  for (const auto& id : ids(inbox_.wait(0))) EXPECT_TRUE(got.insert(id).second);
  for (const auto& id : ids(other.wait(0))) EXPECT_TRUE(got.insert(id).second);
  EXPECT_EQ(got.size(), 15U);
  consumer.reset();
}

TEST_P(log_suite, another_opening_sees_events_at_once) {
  if (!GetParam().features.opens_twice) GTEST_SKIP() << "this log is opened by one process";
  const auto second = place_->open();
  inbox other;
  auto consumer = subscribe(second->log(), make_subscription(), other);
  consumer->request(100);
  for (int i = 1; i <= 5; ++i) {
    publish(1);
    EXPECT_EQ(other.wait(static_cast<std::size_t>(i)).size(), static_cast<std::size_t>(i));
  }
  consumer.reset();
}

TEST_P(log_suite, what_a_closed_opening_had_goes_to_the_other) {
  if (!GetParam().features.opens_twice) GTEST_SKIP() << "this log is opened by one process";
  take_part(make_subscription(), 3);
  const auto sent = publish(3);
  const auto got = inbox_.wait(3);
  ASSERT_EQ(got.size(), 3U);
  acknowledge({got[0].token});
  const auto second = place_->open();
  inbox other;
  auto consumer = subscribe(second->log(), make_subscription(), other);
  consumer->request(10);
  consumer_.reset();
  opened_.reset();
  EXPECT_EQ(ids(other.wait(2)), (std::vector{sent[1].id, sent[2].id}));
  EXPECT_TRUE(other.stays_at(2, milliseconds{50}));
  consumer.reset();
}

TEST_P(log_suite, an_ordered_subscription_moves_to_another_opening) {
  if (!GetParam().features.opens_twice) GTEST_SKIP() << "this log is opened by one process";
  const auto what = make_subscription("ordered", {"User.nameUpdated"}, subscription_kind::ordered);
  take_part(what, 2);
  const auto sent = publish(6);
  const auto got = inbox_.wait(2);
  ASSERT_EQ(got.size(), 2U);
  const auto second = place_->open();
  inbox other;
  auto consumer = subscribe(second->log(), what, other);
  consumer->request(10);
  EXPECT_TRUE(other.stays_at(0, milliseconds{200}));
  acknowledge({got[0].token});
  consumer_.reset();
  EXPECT_EQ(ids(other.wait(5)), ids(events{sent.begin() + 1, sent.end()}));
  consumer.reset();
}

// ---- reading on ----

TEST_P(log_suite, records_are_read_in_the_order_of_their_stream) {
  if (GetParam().features.is_its_own_store) {
    EXPECT_TRUE(log().is_its_own_store());
    EXPECT_FALSE(log().read({}, 10)) << "a log that is its own store keeps no records for a recorder";
    return;
  }
  EXPECT_FALSE(log().is_its_own_store());
  const auto what = make_subscription();
  const auto command = make_command();
  const auto event = make_event("User.nameUpdated", command.id);
  port::write first;
  first.commands = {command};
  first.events = {event};
  const std::vector<journal_record> journal{
      what,
      make_attempt(event, what),
      make_outcome(event, what),
      make_command_outcome(command, command_status::failed),
      make_dead_letter(event, what),
      dead_letter_change{dead_letter_id{fresh_id()}, dead_letter_status::dismissed, present(), "ada"}};
  first.journal = journal;
  const auto notified = std::make_shared<std::promise<void>>();
  log().on_append(
      [notified, told = std::make_shared<std::once_flag>()] { std::call_once(*told, [&] { notified->set_value(); }); });
  const auto receipt = must_commit(std::move(first));
  EXPECT_EQ(notified->get_future().wait_for(patience), std::future_status::ready);
  log().on_append({});
  const auto all = read_all({}, 100);
  std::vector<positioned_record> facts;
  std::vector<positioned_record> ends;
  for (const auto& each : all) {
    const bool is_fact =
        std::holds_alternative<command_record>(each.record) || std::holds_alternative<event_record>(each.record);
    (is_fact ? facts : ends).push_back(each);
  }
  ASSERT_EQ(facts.size(), 2U);
  EXPECT_EQ(std::get<command_record>(facts[0].record), command);
  EXPECT_EQ(std::get<event_record>(facts[1].record), event);
  EXPECT_GT(facts[1].position, facts[0].position);
  EXPECT_GE(receipt.position, facts[1].position);
  ASSERT_EQ(ends.size(), journal.size());
  for (std::size_t i = 0; i < journal.size(); ++i) {
    std::visit([&](const auto& one) { EXPECT_EQ(std::get<std::decay_t<decltype(one)>>(ends[i].record), one) << i; },
               journal[i]);
    // Records of one bundle may share their position.
    if (i > 0) {
      EXPECT_GE(ends[i].position, ends[i - 1].position);
    }
  }
}

TEST_P(log_suite, a_reader_goes_on_from_its_cursor_and_ends_at_the_same_place) {
  if (GetParam().features.is_its_own_store) GTEST_SKIP() << "this log needs no recorder";
  const auto what = make_subscription();
  for (int i = 0; i < 5; ++i) {
    port::write write;
    write.events = {make_event(), make_event()};
    write.journal = {make_outcome(write.events[0], what)};
    must_commit(std::move(write));
  }
  log_cursor in_steps;
  log_cursor at_once;
  const auto few = read_all({}, 2, &in_steps);
  const auto all = read_all({}, 100, &at_once);
  EXPECT_EQ(few.size(), 15U);
  EXPECT_EQ(all.size(), 15U);
  EXPECT_EQ(in_steps, at_once);
  ASSERT_TRUE(log().recorded(at_once));
  const auto nothing_new = log().read(at_once, 10);
  ASSERT_TRUE(nothing_new);
  EXPECT_TRUE(nothing_new->records.empty());
  EXPECT_EQ(nothing_new->upto, at_once);
  const auto status = log().status();
  ASSERT_TRUE(status);
  EXPECT_EQ(status->last, at_once) << "a recorder that has all of it is not behind";
  const auto next = publish(1);
  const auto rest = read_all(at_once, 10);
  ASSERT_EQ(rest.size(), 1U);
  EXPECT_EQ(std::get<event_record>(rest[0].record), next[0]);
}

TEST_P(log_suite, a_delivery_can_be_inspected) {
  const auto what = make_subscription();
  take_part(what, 1);
  const auto sent = publish(2);
  ASSERT_EQ(inbox_.wait(1).size(), 1U);
  const auto held = log().inspect(sent[0].id, {what.module, what.name});
  ASSERT_TRUE(held);
  EXPECT_TRUE(held->in_work);
  EXPECT_FALSE(held->handled);
  EXPECT_EQ(held->handed_over, 1U);
  EXPECT_FALSE(held->holder.empty());
  EXPECT_TRUE(held->deadline);
  const auto pending = log().inspect(sent[1].id, {what.module, what.name});
  ASSERT_TRUE(pending);
  EXPECT_FALSE(pending->in_work);
  const auto lags = log().lags();
  ASSERT_TRUE(lags);
  ASSERT_EQ(lags->size(), 1U);
  EXPECT_EQ(lags->front().pending, 2U);
  EXPECT_EQ(lags->front().in_work, 1U);
  EXPECT_EQ(lags->front().oldest, sent[0].time);
}

}  // namespace evd::testing
