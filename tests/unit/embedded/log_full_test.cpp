// The limit of the log: commands are refused first, then events; what ends work that was begun never is.

#include "place.hpp"

namespace evd::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class limited_log : public embedded_test {
 protected:
  limited_log() { options.max_bytes = 1 << 20; }

  static result<port::receipt> call(port::log& log) {
    port::write write;
    write.commands.push_back(testing::make_command());
    return testing::commit(log, std::move(write));
  }
  void expect_full(const result<port::receipt>& done) const {
    ASSERT_FALSE(done);
    const auto& why = done.error();
    EXPECT_EQ(why.code, errc::log_full);
    EXPECT_EQ(describe(why.code).http_status, 507);
    EXPECT_THAT(why.detail, AllOf(HasSubstr(options.path), HasSubstr("bytes of 1048576")));
    EXPECT_THAT(why.hint, HasSubstr("max_bytes"));
  }
  static std::set<id> publish_until_refused(port::log& log) {
    std::set<id> accepted;
    for (;;) {
      auto event = event_of_size(2'000);
      const auto one = event.id;
      if (!publish(log, std::move(event))) return accepted;
      accepted.insert(one);
    }
  }
};

TEST_F(limited_log, refuses_commands_before_events_and_never_the_end_of_what_was_begun) {
  std::set<id> accepted;
  {
    const auto opened = must_open();
    auto& log = opened->log();
    result<port::receipt> called = port::receipt{};
    while ((called = call(log))) accepted.merge(publish_many(log, 5, 2'000));
    expect_full(called);
    EXPECT_TRUE(publish(log, event_of_size(100))) << "what handlers publish still has room";
    const auto size_before = stored(opened->store()).size();
    accepted = stored(opened->store());
    accepted.merge(publish_until_refused(log));
    EXPECT_GT(accepted.size(), size_before);
    expect_full(publish(log, event_of_size(100)));
    worker all(log, subscription());
    EXPECT_TRUE(all.wait_for(accepted.size())) << "outcomes and acknowledgements go on";
    EXPECT_EQ(stored(opened->store()), accepted) << "and what was refused is not there";
    const auto status = log.status();
    ASSERT_TRUE(status);
    EXPECT_EQ(status->max_bytes, options.max_bytes);
    EXPECT_GT(status->bytes, options.max_bytes * 9 / 10);
  }
  options.max_bytes = 8 << 20;
  const auto opened = must_open();
  EXPECT_TRUE(call(opened->log()));
  EXPECT_TRUE(publish(opened->log(), event_of_size(100)));
  EXPECT_EQ(stored(opened->store()).size(), accepted.size() + 1);
}

TEST_F(limited_log, takes_commands_again_by_itself_once_the_recorder_has_made_room) {
  options.keep_records_for_recorder = true;
  const auto opened = must_open();
  auto& log = opened->log();
  const auto event = event_of_size(100);
  ASSERT_TRUE(publish(log, event));
  result<port::receipt> called = port::receipt{};
  for (std::uint32_t number = 1; (called = call(log)) && number < 10'000; ++number) {
    auto attempt = testing::make_attempt(event, subscription(), number);
    attempt.failure.message = std::string(5'000, 'm');
    port::write write;
    write.journal.emplace_back(std::move(attempt));
    ASSERT_TRUE(testing::commit(log, std::move(write)));
  }
  expect_full(called);
  const auto status = log.status();
  ASSERT_TRUE(status);
  ASSERT_TRUE(log.recorded(status->last));
  EXPECT_TRUE(wait_until([&] { return call(log).has_value(); }));
}

TEST_F(limited_log, refuses_what_is_too_large_whatever_room_there_is) {
  options.max_bytes = 0;
  options.max_payload = 2'000;
  const auto opened = must_open();
  const auto done = publish(opened->log(), event_of_size(2'001));
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, errc::payload_too_large);
  EXPECT_THAT(done.error().detail, HasSubstr("the limit is 2000"));
  EXPECT_TRUE(publish(opened->log(), event_of_size(1'000)));
}

}  // namespace
}  // namespace evd::test
