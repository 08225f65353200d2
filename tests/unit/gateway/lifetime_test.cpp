// Starting and stopping.

#include <gmock/gmock.h>

#include <future>

#include "gateway_test.hpp"

namespace evd::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr const char* ada = R"({"name":"Ada","tags":[]})";

std::chrono::steady_clock::time_point in(std::chrono::milliseconds time) {
  return std::chrono::steady_clock::now() + time;
}

TEST_F(gateway_test, an_address_in_use_is_refused_with_what_to_set) {
  start();
  const auto second = gateway::http_gateway::start({.address = address()}, service, log);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, errc::invalid_configuration);
  EXPECT_THAT(second.error().to_string(), HasSubstr(address()));
  EXPECT_THAT(second.error().hint, HasSubstr("EVD_HTTP"));
}

TEST_F(gateway_test, what_is_no_address_is_refused) {
  for (const auto* wrong : {"", "8080", ":8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:http", "127.0.0.1:70000",
                            "::1:80", "203.0.113.7:0"}) {
    const auto made = gateway::http_gateway::start({.address = wrong}, service, log);
    ASSERT_FALSE(made) << wrong;
    EXPECT_EQ(made.error().code, errc::invalid_configuration) << wrong;
  }
}

TEST_F(gateway_test, stopping_answers_what_runs_and_takes_nothing_new) {
  start();
  client running(address());
  client idle(address());
  idle.send(request("GET", "/livez"));
  ASSERT_TRUE(idle.read());
  running.send(request("POST", "/commands/wait", ada));
  service.wait_for_calls(1);

  server->stop_accepting();
  EXPECT_TRUE(idle.is_closed_by_server());
  EXPECT_THROW(client late(address()), std::runtime_error);
  auto stopped = std::async(std::launch::async, [&] { server->stop(in(10s)); });
  service.let_go();
  const auto got = running.read();
  ASSERT_TRUE(got);
  EXPECT_EQ(got->status, 200);
  EXPECT_EQ(got->headers.at("connection"), "close");
  EXPECT_EQ(stopped.wait_for(5s), std::future_status::ready);
}

TEST_F(gateway_test, past_the_deadline_connections_are_closed) {
  start();
  client running(address());
  running.send(request("POST", "/commands/wait", ada));
  service.wait_for_calls(1);
  server->stop(in(50ms));
  EXPECT_FALSE(running.read());
}

TEST_F(gateway_test, an_answer_that_comes_after_the_gateway_has_gone_is_dropped) {
  start();
  client running(address());
  running.send(request("POST", "/commands/wait", ada));
  service.wait_for_calls(1);
  server.reset();
  service.let_go();
}

TEST_F(gateway_test, it_stops_under_load) {
  start();
  std::vector<std::thread> load;
  std::atomic<int> answered = 0;
  for (int i = 0; i < 8; ++i) {
    load.emplace_back([&] {
      try {
        for (;;) {
          client one(address());
          while (one.send(request("POST", "/commands/register", ada)) && one.read()) ++answered;
        }
      } catch (const std::runtime_error&) {  // nobody listens any more
      }
    });
  }
  while (answered < 50) std::this_thread::yield();
  server->stop(in(10s));
  for (auto& thread : load) thread.join();
}

}  // namespace
}  // namespace evd::test
