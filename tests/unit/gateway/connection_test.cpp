// Connections: several requests on one, and clients that are slow, gone, or half gone.

#include <gmock/gmock.h>

#include "gateway_test.hpp"

namespace evd::test {
namespace {

using namespace std::chrono_literals;

constexpr const char* ada = R"({"name":"Ada","tags":[]})";

TEST_F(gateway_test, one_connection_carries_many_requests) {
  start();
  client one(address());
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(one.send(request("POST", "/commands/register", ada)));
    const auto got = one.read();
    ASSERT_TRUE(got);
    EXPECT_EQ(got->status, 200);
  }
}

TEST_F(gateway_test, requests_sent_ahead_are_answered_in_their_order) {
  start();
  client one(address());
  std::string all;
  for (int i = 0; i < 50; ++i) all += request("GET", "/queries/people?tags=x&name=" + std::to_string(i));
  ASSERT_TRUE(one.send(all));
  for (int i = 0; i < 50; ++i) {
    const auto got = one.read();
    ASSERT_TRUE(got);
    EXPECT_EQ(got->body, R"({"name":")" + std::to_string(i) + R"(","tags":["x"]})");
  }
}

TEST_F(gateway_test, an_error_leaves_the_connection_usable) {
  start();
  client one(address());
  one.send(request("POST", "/commands/nothing", ada) + request("GET", "/livez"));
  EXPECT_EQ(one.read().value_or(response{}).status, 404);
  EXPECT_EQ(one.read().value_or(response{}).status, 200);
}

TEST_F(gateway_test, a_request_that_arrives_byte_by_byte_is_understood) {
  start();
  client one(address());
  for (const char c : request("POST", "/commands/register", ada)) ASSERT_TRUE(one.send(std::string_view(&c, 1)));
  EXPECT_EQ(one.read().value_or(response{}).status, 200);
}

TEST_F(gateway_test, a_chunked_body_is_put_together) {
  start();
  client one(address());
  one.send(
      "POST /commands/register HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: "
      "chunked\r\n\r\n"
      "9;note=1\r\n{\"name\":\"\r\nF\r\nAda\",\"tags\":[]}\r\n0\r\n\r\n");
  EXPECT_EQ(one.read().value_or(response{}).status, 200);
}

TEST_F(gateway_test, head_is_get_without_the_body) {
  start();
  const auto get = ask("GET", "/livez");
  const auto head = ask("HEAD", "/livez");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.headers.at("content-length"), std::to_string(get.body.size()));
  client one(address());
  one.send(request("HEAD", "/livez") + request("GET", "/livez"));
  ASSERT_TRUE(one.read(false));
  EXPECT_EQ(one.read().value_or(response{}).body, get.body);
}

TEST_F(gateway_test, a_client_that_has_finished_sending_still_gets_its_answer) {
  start();
  client one(address());
  one.send(request("POST", "/commands/wait", ada));
  one.close_sending();
  service.wait_for_calls(1);
  service.let_go();
  EXPECT_EQ(one.read().value_or(response{}).status, 200);
  EXPECT_TRUE(one.is_closed_by_server());
}

TEST_F(gateway_test, a_client_that_leaves_does_not_stop_its_command) {
  start();
  client one(address());
  one.send(request("POST", "/commands/wait", ada));
  service.wait_for_calls(1);
  one.leave();
  service.let_go();
  EXPECT_EQ(ask("GET", "/livez").status, 200);
}

TEST_F(gateway_test, a_client_says_when_it_wants_to_close) {
  start();
  client one(address());
  one.send(request("GET", "/livez", "", "Connection: close\r\n"));
  EXPECT_EQ(one.read().value_or(response{}).headers["connection"], "close");
  EXPECT_TRUE(one.is_closed_by_server());
  client old(address());
  old.send("GET /livez HTTP/1.0\r\n\r\n");
  EXPECT_EQ(old.read().value_or(response{}).status, 200);
  EXPECT_TRUE(old.is_closed_by_server());
}

TEST_F(gateway_test, a_body_is_asked_for_when_the_client_waits_for_that) {
  start();
  client one(address());
  const std::string body = ada;
  one.send(
      "POST /commands/register HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nExpect: "
      "100-continue\r\nContent-Length: " +
      std::to_string(body.size()) + "\r\n\r\n");
  EXPECT_EQ(one.read(false).value_or(response{}).status, 100);
  one.send(body);
  EXPECT_EQ(one.read().value_or(response{}).status, 200);
}

TEST_F(gateway_test, a_body_that_nobody_takes_is_not_asked_for) {
  start();
  client one(address());
  one.send("POST /nowhere HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n");
  EXPECT_EQ(one.read().value_or(response{}).status, 404);
}

TEST_F(gateway_test, a_client_that_takes_too_long_is_left) {
  start({.header_timeout = 100ms, .body_timeout = 100ms, .idle_timeout = 100ms});
  client silent(address());
  client slow_header(address());
  client slow_body(address());
  slow_header.send("GET /livez HTTP/1.1\r\nHo");
  slow_body.send(
      "POST /commands/register HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{");
  EXPECT_TRUE(silent.is_closed_by_server());
  EXPECT_TRUE(slow_header.is_closed_by_server());
  EXPECT_TRUE(slow_body.is_closed_by_server());
}

TEST_F(gateway_test, a_trickle_of_headers_does_not_prolong_their_time) {
  start({.header_timeout = 200ms});
  client one(address());
  one.send("GET /livez HTTP/1.1\r\n");
  const auto until = std::chrono::steady_clock::now() + 10s;
  while (one.send("X: y\r\n") && std::chrono::steady_clock::now() < until) std::this_thread::yield();
  EXPECT_LT(std::chrono::steady_clock::now(), until);
}

TEST_F(gateway_test, a_command_may_take_longer_than_the_timeouts_of_the_connection) {
  start({.header_timeout = 50ms, .body_timeout = 50ms, .idle_timeout = 50ms});
  client one(address());
  one.send(request("POST", "/commands/wait", ada));
  service.wait_for_calls(1);
  client silent(address());
  EXPECT_TRUE(silent.is_closed_by_server());  // so that much time has passed
  service.let_go();
  EXPECT_EQ(one.read().value_or(response{}).status, 200);
}

TEST_F(gateway_test, beyond_the_most_connections_a_client_waits_until_one_ends) {
  start({.max_connections = 2});
  client first(address());
  client second(address());
  first.send(request("GET", "/livez"));
  second.send(request("GET", "/livez"));
  ASSERT_TRUE(first.read());
  ASSERT_TRUE(second.read());
  client third(address());
  third.send(request("POST", "/commands/register", ada));
  first.send(request("GET", "/livez"));
  EXPECT_TRUE(first.read());
  EXPECT_TRUE(service.wait_for_calls(0).empty());
  first.leave();
  EXPECT_EQ(third.read().value_or(response{}).status, 200);
}

}  // namespace
}  // namespace evd::test
