// What is particular to the log on NATS: servers that go and come back, streams that are lost, a log that is full.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include <evd/testing/inbox.hpp>
#include <evd/testing/nats_server.hpp>
#include <evd/testing/records.hpp>

#include "broker/nats/nats_log.hpp"

namespace evd::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

class quiet final : public log_sink {
 public:
  void write(log_level, std::string_view, const std::vector<log_field>&) override {}
};

class log_on_nats : public ::testing::Test {
 protected:
  void SetUp() override {
    server_ = nats_server::start({});
    if (!server_) GTEST_SKIP() << nats_server::why_not();
    options_.urls = {server_->url()};
    options_.log = &quiet_;
  }
  void TearDown() override {
    consumer_.reset();
    log_.reset();
  }

  void open() {
    auto log = broker_nats::open_nats(options_);
    ASSERT_TRUE(log) << log.error().to_string();
    log_ = *std::move(log);
  }
  [[nodiscard]] error refusal() const {
    const auto log = broker_nats::open_nats(options_);
    EXPECT_FALSE(log);
    return log ? error{} : log.error();
  }
  void subscribe(const subscription_record& what = make_subscription()) {
    auto consumer = log_->subscribe(what, inbox_.sink());
    ASSERT_TRUE(consumer) << consumer.error().to_string();
    consumer_ = *std::move(consumer);
    consumer_->request(1'000);
  }
  std::future<result<port::receipt>> begin(port::write write) {
    auto done = std::make_shared<std::promise<result<port::receipt>>>();
    auto end = done->get_future();
    log_->commit(std::move(write), [done](result<port::receipt> made) { done->set_value(std::move(made)); });
    return end;
  }
  static port::write one_event() {
    port::write write;
    write.events = {make_event()};
    return write;
  }

  quiet quiet_;
  std::unique_ptr<nats_server> server_;
  broker_nats::nats_options options_;
  std::unique_ptr<port::log> log_;
  inbox inbox_;
  std::unique_ptr<port::consumer> consumer_;
};

TEST_F(log_on_nats, writes_wait_for_a_server_that_was_killed_and_comes_back) {
  open();
  subscribe();
  ASSERT_TRUE(commit(*log_, one_event()));
  ASSERT_EQ(inbox_.wait(1).size(), 1U);
  server_->kill();
  std::vector<std::future<result<port::receipt>>> waiting;
  for (int i = 0; i < 20; ++i) waiting.push_back(begin(one_event()));
  EXPECT_EQ(waiting.front().wait_for(200ms), std::future_status::timeout);
  server_->restart();
  for (auto& each : waiting) {
    const auto done = each.get();
    EXPECT_TRUE(done) << done.error().to_string();
  }
  std::set<event_id> seen;
  for (const auto& each : inbox_.wait(21)) seen.insert(event_of(each));
  EXPECT_EQ(seen.size(), 21U) << "consumers go on by themselves";
}

TEST_F(log_on_nats, a_server_that_stood_still_loses_and_doubles_nothing) {
  open();
  subscribe();
  server_->pause();
  auto waiting = begin(one_event());
  EXPECT_EQ(waiting.wait_for(300ms), std::future_status::timeout);
  server_->resume();
  EXPECT_TRUE(waiting.get());
  EXPECT_EQ(inbox_.wait(1).size(), 1U);
  EXPECT_TRUE(inbox_.stays_at(1, 100ms));
}

TEST_F(log_on_nats, a_write_without_a_server_fails_at_its_deadline_and_says_so) {
  options_.answer_timeout = 200ms;
  options_.write_deadline = 500ms;
  open();
  server_->kill();
  const auto done = commit(*log_, one_event());
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, errc::unavailable);
  server_->restart();
  const auto until = std::chrono::steady_clock::now() + patience;
  bool back = false;
  while (!back && std::chrono::steady_clock::now() < until) back = commit(*log_, one_event()).has_value();
  EXPECT_TRUE(back);
}

TEST_F(log_on_nats, a_delayed_event_outlives_a_killed_server) {
  open();
  subscribe();
  auto late = one_event();
  late.events[0].not_before = present() + 600ms;
  const auto id = late.events[0].id;
  ASSERT_TRUE(commit(*log_, std::move(late)));
  server_->kill();
  server_->restart();
  const auto got = inbox_.wait(1);
  ASSERT_EQ(got.size(), 1U);
  EXPECT_EQ(event_of(got[0]), id);
}

TEST_F(log_on_nats, of_several_addresses_one_that_answers_is_enough) {
  options_.urls = {"nats://127.0.0.1:1", server_->url()};
  open();
  EXPECT_TRUE(commit(*log_, one_event()));
}

TEST_F(log_on_nats, a_server_that_is_not_there_is_named) {
  options_.urls = {"nats://user:secret@127.0.0.1:1"};
  const auto why = refusal();
  EXPECT_EQ(why.code, errc::unavailable);
  EXPECT_THAT(why.to_string(), HasSubstr("127.0.0.1:1"));
  EXPECT_THAT(why.to_string(), ::testing::Not(HasSubstr("secret")));
}

TEST_F(log_on_nats, a_server_without_jetstream_is_refused) {
  const auto plain = nats_server::start({.jetstream = false});
  options_.urls = {plain->url()};
  EXPECT_THAT(refusal().to_string(), HasSubstr("JetStream"));
}

TEST_F(log_on_nats, an_older_server_is_refused_with_what_is_needed) {
  const auto old = nats_server::too_old_program();
  if (old.empty()) GTEST_SKIP() << "no nats-server before 2.12 here (EVD_TEST_NATS_SERVER_TOO_OLD, Debian's package)";
  const auto server = nats_server::start({.program = old});
  options_.urls = {server->url()};
  const auto why = refusal();
  EXPECT_EQ(why.code, errc::incompatible);
  EXPECT_THAT(why.to_string(), HasSubstr("2.12"));
}

TEST_F(log_on_nats, a_tool_makes_no_streams) {
  options_.mode = broker_nats::opened_as::tool;
  EXPECT_EQ(refusal().code, errc::not_found);
}

TEST_F(log_on_nats, user_and_password_are_asked_for) {
  const auto closed = nats_server::start({.more = "authorization { user: ada, password: \"s3cret\" }"});
  options_.urls = {closed->url()};
  EXPECT_EQ(refusal().code, errc::unauthenticated);
  options_.user = "ada";
  options_.password = "s3cret";
  open();
  EXPECT_TRUE(commit(*log_, one_event()));
}

TEST_F(log_on_nats, a_server_that_lost_its_data_is_an_alarm_and_nothing_is_made_anew) {
  options_.write_deadline = 6s;
  open();
  ASSERT_TRUE(commit(*log_, one_event()));
  server_->kill();
  server_->lose_data();
  server_->restart();
  const auto until = std::chrono::steady_clock::now() + patience;
  error why;
  do {
    const auto done = commit(*log_, one_event());
    ASSERT_FALSE(done) << "it must not be stored in a stream that came from nowhere";
    why = done.error();
  } while (why.code != errc::corrupt && std::chrono::steady_clock::now() < until);
  EXPECT_EQ(why.code, errc::corrupt) << why.to_string();
  EXPECT_THAT(why.to_string(), HasSubstr("missing"));
  EXPECT_FALSE(log_->read({}, 10));
}

TEST_F(log_on_nats, an_ack_wait_beyond_half_the_duplicate_window_is_refused) {
  open();
  auto slow = make_subscription();
  slow.ack_wait = 61s;
  const auto refused = log_->subscribe(slow, inbox_.sink());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errc::invalid_configuration);
}

TEST_F(log_on_nats, namespaces_see_nothing_of_each_other) {
  open();
  subscribe();
  options_.name_space = "other";
  auto other = broker_nats::open_nats(options_);
  ASSERT_TRUE(other);
  ASSERT_TRUE(commit(**other, one_event()));
  const auto mine = one_event();
  ASSERT_TRUE(commit(*log_, mine));
  const auto got = inbox_.wait(1);
  ASSERT_EQ(got.size(), 1U);
  EXPECT_EQ(event_of(got[0]), mine.events[0].id);
  EXPECT_TRUE(inbox_.stays_at(1, 50ms));
}

TEST_F(log_on_nats, a_full_log_refuses_and_goes_on_when_it_was_recorded_and_handled) {
  options_.max_bytes = 2U << 20U;
  options_.keep = 0ms;
  open();
  subscribe();
  const auto large = [] {
    auto write = one_event();
    write.events[0].data.text = '"' + std::string(64U << 10U, 'x') + '"';
    return write;
  };
  const auto until = std::chrono::steady_clock::now() + patience;
  bool full = false;
  while (!full && std::chrono::steady_clock::now() < until) {
    const auto done = commit(*log_, large());
    if (done) continue;
    ASSERT_EQ(done.error().code, errc::log_full) << done.error().to_string();
    full = true;
  }
  ASSERT_TRUE(full);
  port::write outcome;
  outcome.journal = {make_outcome(make_event(), make_subscription())};
  EXPECT_TRUE(commit(*log_, std::move(outcome))) << "the journal has room of its own";

  const auto status = log_->status();
  ASSERT_TRUE(status);
  const auto got = inbox_.wait(status->last.log.sequence);
  port::write handled;
  for (const auto& each : got) handled.acknowledged.push_back(each.token);
  ASSERT_TRUE(commit(*log_, std::move(handled)));
  ASSERT_TRUE(log_->recorded(status->last));
  bool goes_on = false;
  while (!goes_on && std::chrono::steady_clock::now() < until + patience) {
    goes_on = commit(*log_, one_event()).has_value();
  }
  EXPECT_TRUE(goes_on) << "nobody had to do anything";
}

}  // namespace
}  // namespace evd::testing
