// Commands and queries over HTTP: what is passed on, and what comes back.

#include <gmock/gmock.h>

#include "gateway_test.hpp"

namespace evd::test {
namespace {

using testing::HasSubstr;

TEST_F(gateway_test, a_command_is_answered_with_its_id_status_and_result) {
  start();
  const auto got = ask("POST", "/commands/register", R"({"name":"Ada","tags":[]})");
  EXPECT_EQ(got.status, 200);
  EXPECT_EQ(got.headers.at("content-type"), "application/json");
  EXPECT_EQ(got.headers.at("x-command-id"), "6223030405060708090a0b0c");
  EXPECT_EQ(got.body, R"({"commandId":")" + service.id.to_string() +
                          R"(","status":"succeeded","result":{"name":"Ada","tags":[]}})");
}

TEST_F(gateway_test, a_durable_command_is_answered_with_202_and_where_to_look) {
  start();
  const auto got = ask("POST", "/commands/order", R"({"name":"Ada","tags":[]})");
  EXPECT_EQ(got.status, 202);
  EXPECT_EQ(got.headers.at("location"), "/commands/" + service.id.to_string());
  EXPECT_EQ(got.body, R"({"commandId":")" + service.id.to_string() + R"(","status":"accepted"})");
}

TEST_F(gateway_test, a_caller_may_prefer_not_to_wait) {
  start();
  const auto got =
      ask("POST", "/commands/register", R"({"name":"Ada","tags":[]})", "Prefer: wait=1, Respond-Async\r\n");
  EXPECT_EQ(got.status, 202);
  EXPECT_EQ(got.headers.at("preference-applied"), "respond-async");
  EXPECT_TRUE(service.wait_for_calls(1).front().durable);
}

TEST_F(gateway_test, the_trace_and_the_callers_name_go_with_the_command) {
  start({.authenticator = [](std::string_view authorization) -> result<std::string> {
    return std::string(authorization.substr(authorization.find(' ') + 1));
  }});
  ask("POST", "/commands/register", R"({"name":"Ada","tags":[]})",
      "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\nAuthorization: Bearer ada\r\n");
  const auto call = service.wait_for_calls(1).front();
  EXPECT_EQ(call.headers.at("traceparent"), "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  EXPECT_EQ(call.caller, "ada");
  EXPECT_EQ(call.source, "http");
  EXPECT_FALSE(call.durable);
}

TEST_F(gateway_test, whom_the_authenticator_refuses_gets_401_and_nothing_runs) {
  start({.authenticator = [](std::string_view) -> result<std::string> {
    return error{errc::unauthenticated, "authenticate", "the token has expired", "log in again", {}};
  }});
  const auto got = ask("POST", "/commands/register", R"({"name":"Ada","tags":[]})");
  EXPECT_EQ(got.status, 401);
  EXPECT_EQ(got.headers.at("www-authenticate"), "Bearer");
  EXPECT_THAT(got.body, HasSubstr("the token has expired"));
  EXPECT_EQ(ask("GET", "/livez").status, 200);
  EXPECT_TRUE(service.wait_for_calls(0).empty());
}

TEST_F(gateway_test, an_authenticator_that_throws_is_a_500_without_its_words) {
  start(
      {.authenticator = [](std::string_view) -> result<std::string> { throw std::runtime_error("password=hunter2"); }});
  const auto got = ask("POST", "/commands/register", R"({"name":"Ada","tags":[]})");
  EXPECT_EQ(got.status, 500);
  EXPECT_THAT(got.body, Not(HasSubstr("hunter2")));
}

TEST_F(gateway_test, a_failure_is_problem_details_with_everything_wrong) {
  start();
  const auto got = ask("POST", "/commands/refuse", R"({"name":"Ada","tags":[]})");
  EXPECT_EQ(got.status, 422);
  EXPECT_EQ(got.headers.at("content-type"), "application/problem+json");
  EXPECT_EQ(got.body,
            R"({"type":"urn:evd:error:rejected","title":"the command was understood and refused","status":422,)"
            R"("detail":"the name is taken","hint":"choose another","code":"rejected",)"
            R"("problems":[{"pointer":"/name","message":"is taken"}]})");
}

TEST_F(gateway_test, every_error_has_the_status_of_the_error_table) {
  start();
  for (const auto& row : error_table) {
    service.failure = {row.code, "refuse", "", "", {}};
    EXPECT_EQ(ask("POST", "/commands/refuse", R"({"name":"Ada","tags":[]})").status, row.http_status) << row.name;
  }
}

TEST_F(gateway_test, a_query_takes_its_input_from_the_address) {
  start();
  const auto got = ask("GET", "/queries/people?name=Ada%20L.&age=36&tags=a&tags=b&active=true");
  EXPECT_EQ(got.status, 200);
  EXPECT_EQ(got.body, R"({"name":"Ada L.","age":36,"tags":["a","b"],"active":true})");
  EXPECT_EQ(got.headers.count("x-command-id"), 0U);
}

TEST_F(gateway_test, a_query_takes_a_body_too) {
  start();
  EXPECT_EQ(ask("POST", "/queries/people", R"({"name":"Ada","tags":["x"]})").body, R"({"name":"Ada","tags":["x"]})");
}

TEST_F(gateway_test, commands_and_queries_are_not_mixed_up) {
  start();
  const auto query = ask("GET", "/queries/register");
  EXPECT_EQ(query.status, 404);
  EXPECT_THAT(query.body, HasSubstr("it is a command: POST /commands/register"));
  const auto command = ask("POST", "/commands/people", R"({"name":"Ada"})");
  EXPECT_EQ(command.status, 404);
  EXPECT_THAT(command.body, HasSubstr("it is a query: GET /queries/people"));
}

TEST_F(gateway_test, an_unknown_name_is_answered_with_those_that_resemble_it) {
  start();
  const auto got = ask("POST", "/commands/regsiter", R"({"name":"Ada"})");
  EXPECT_EQ(got.status, 404);
  EXPECT_THAT(got.body, HasSubstr("did you mean register?"));
  EXPECT_THAT(ask("POST", "/commands/zzzzzzzz", "{}").body, HasSubstr("GET / lists what there is"));
}

TEST_F(gateway_test, a_commands_state_is_found_by_its_id) {
  start({.find_command = [this](const command_id& id) -> result<std::optional<std::string>> {
    if (id != service.id) return std::optional<std::string>{};
    return std::optional<std::string>(R"({"status":"succeeded"})");
  }});
  EXPECT_EQ(ask("GET", "/commands/" + service.id.to_string()).body, R"({"status":"succeeded"})");
  EXPECT_EQ(ask("GET", "/commands/000000000000000000000001").status, 404);
  const auto by_name = ask("GET", "/commands/register");
  EXPECT_EQ(by_name.status, 405);
  EXPECT_EQ(by_name.headers.at("allow"), "OPTIONS, POST");
}

}  // namespace
}  // namespace evd::test
