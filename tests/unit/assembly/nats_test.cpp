// An application on NATS, with the embedded store behind the recorder.

#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include <evd/testing/nats_server.hpp>

#include "unit/assembly/application.hpp"

namespace evd::tests {
namespace {

using ::testing::SizeIs;

struct post {
  std::string id;
};
struct posted {
  static constexpr evd::event event{"Blog.posted", 1};
  std::string id;
};

class application_on_nats : public application_test {
 protected:
  void SetUp() override {
    server_ = evd::testing::nats_server::start({});
    if (!server_) GTEST_SKIP() << evd::testing::nats_server::why_not();
    settings.store = settings.broker;
    settings.broker = server_->url();
    remake();
    application->module("Blog").command("post", [](const post& input, context& ctx) { ctx.publish(posted{input.id}); });
  }
  void TearDown() override { application.reset(); }

  // The recorder is behind the log by a moment.
  port::chain_document chain_with(const command_id& id, std::size_t outcomes, std::size_t dead_letters) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    port::chain_document last;
    while (std::chrono::steady_clock::now() < until) {
      const auto found = application->store().chain(id);
      if (found && *found) last = **found;
      if (last.outcomes.size() == outcomes && last.dead_letters.size() == dead_letters &&
          last.command.status != command_status::accepted) {
        break;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return last;
  }

  std::unique_ptr<evd::testing::nats_server> server_;
};

TEST_F(application_on_nats, a_chain_with_retries_is_recorded_whole) {
  std::atomic<int> tries{0};
  application->module("Comment").on<posted>("flaky", quick(), [&](const posted&, context&) {
    if (++tries < 3) throw std::runtime_error("Test Error!!");
  });
  start();
  const auto reply = call("post", R"({"id":"p1"})");
  wait_until_idle();
  const auto chain = chain_with(reply.id, 1, 0);
  EXPECT_EQ(chain.command.status, command_status::succeeded);
  EXPECT_THAT(chain.events, SizeIs(1));
  EXPECT_THAT(chain.attempts, SizeIs(2));
  ASSERT_THAT(chain.outcomes, SizeIs(1));
  EXPECT_EQ(chain.outcomes[0].attempt, 3U);
}

TEST_F(application_on_nats, what_always_fails_becomes_a_dead_letter_after_its_attempts) {
  application->module("Comment").on<posted>("broken", quick(),
                                            [](const posted&, context&) { throw std::runtime_error("Test Error!!"); });
  start();
  const auto reply = call("post", R"({"id":"p1"})");
  wait_until_idle();
  const auto chain = chain_with(reply.id, 0, 1);
  EXPECT_THAT(chain.attempts, SizeIs(5));
  ASSERT_THAT(chain.dead_letters, SizeIs(1));
  EXPECT_EQ(chain.dead_letters[0].dead_letter.attempts, 5U);
}

TEST_F(application_on_nats, a_store_has_to_be_named) {
  settings.store = "";
  app without(settings);
  const auto started = without.start();
  ASSERT_FALSE(started);
  EXPECT_NE(started.error().to_string().find("EVD_STORE"), std::string::npos);
}

}  // namespace
}  // namespace evd::tests
