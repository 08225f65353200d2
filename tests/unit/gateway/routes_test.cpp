// Routes: what every gateway has, and what is mounted on it.

#include <gmock/gmock.h>

#include "gateway/http/close_names.hpp"
#include "gateway_test.hpp"

namespace evd::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST_F(gateway_test, the_index_lists_what_can_be_called) {
  start();
  const auto json = ask("GET", "/");
  EXPECT_EQ(json.headers.at("content-type"), "application/json");
  EXPECT_TRUE(check_json(json.body));
  EXPECT_THAT(json.body,
              HasSubstr(R"({"name":"register","method":"POST","path":"/commands/register","durable":false,"input":{)"));
  const auto html = ask("GET", "/", "", "Accept: text/html,application/xhtml+xml\r\n");
  EXPECT_THAT(html.headers.at("content-type"), HasSubstr("text/html"));
  EXPECT_THAT(html.body, HasSubstr("http://test/commands/register"));
}

TEST_F(gateway_test, the_openapi_document_has_every_path) {
  start();
  const auto got = ask("GET", "/openapi.json");
  EXPECT_TRUE(check_json(got.body)) << got.body;
  for (const auto* path : {R"("/commands/order":{"post")", R"("/queries/people":{"get")", R"("openapi":"3.1.0")"}) {
    EXPECT_THAT(got.body, HasSubstr(path));
  }
}

TEST_F(gateway_test, readiness_is_the_services) {
  start();
  EXPECT_EQ(ask("GET", "/readyz").status, 200);
  service.is_ready = false;
  const auto got = ask("GET", "/readyz");
  EXPECT_EQ(got.status, 503);
  EXPECT_EQ(
      got.body,
      R"({"status":"not_ready","reasons":[{"check":"log","code":"unavailable","detail":"the recorder is behind"}]})");
  EXPECT_EQ(got.headers.at("retry-after"), "1");
}

TEST_F(gateway_test, readiness_says_every_reason) {
  gateway::http_options options;
  options.readiness.push_back({"recorder", [] { return error{errc::unavailable, "", "far behind", "", {}}; }});
  options.readiness.push_back({"other", [] { return result<void>(); }});
  service.is_ready = false;
  start(std::move(options));
  const auto got = ask("GET", "/readyz");
  EXPECT_EQ(got.status, 503);
  EXPECT_THAT(got.body, HasSubstr(R"("check":"log")"));
  EXPECT_THAT(got.body, HasSubstr(R"({"check":"recorder","code":"unavailable","detail":"far behind"})"));
  EXPECT_THAT(got.body, Not(HasSubstr("other")));
}

TEST_F(gateway_test, a_gateway_of_probes_has_no_commands) {
  gateway::http_options options;
  options.probes_only = true;
  start(std::move(options));
  EXPECT_EQ(ask("GET", "/livez").status, 200);
  EXPECT_EQ(ask("GET", "/readyz").status, 200);
  EXPECT_EQ(ask("POST", "/commands/register", R"({"name":"Ada"})").status, 404);
  EXPECT_EQ(ask("GET", "/").status, 404);
}

TEST_F(gateway_test, every_answer_is_observed_under_its_routes_path) {
  std::mutex mutex;
  std::vector<std::string> seen;
  gateway::http_options options;
  options.on_answered = [&](const gateway::answered_request& what) {
    const std::lock_guard lock(mutex);
    seen.push_back(std::string(what.method) + ' ' + std::string(what.route) + ' ' + std::to_string(what.status));
  };
  start(std::move(options));
  ask("GET", "/livez");
  ask("POST", "/commands/refuse", R"({"name":"Ada","tags":[]})");
  ask("GET", "/no/such/thing");
  client one(address());
  one.send("nonsense\r\n\r\n");
  one.read();
  server.reset();  // it refers to what this test has
  EXPECT_THAT(seen, ElementsAre("GET /livez 200", "POST /commands/ 422", "GET  404", "  400"));
}

TEST_F(gateway_test, the_longest_mounted_path_wins) {
  start();
  const auto say = [](std::string what) {
    return [what](const gateway::http_request& asked, const gateway::answer& reply) {
      reply({.status = 201, .content_type = "text/plain", .body = what + asked.path, .headers = {{"X-Route", what}}});
    };
  };
  server->add_route({"GET", "/files/", say("files ")});
  server->add_route({"GET", "/files/special", say("special")});
  EXPECT_EQ(ask("GET", "/files/a/b").body, "files /files/a/b");
  const auto special = ask("GET", "/files/special");
  EXPECT_EQ(special.body, "special/files/special");
  EXPECT_EQ(special.status, 201);
  EXPECT_EQ(special.headers.at("x-route"), "special");
  EXPECT_EQ(ask("GET", "/files/").status, 404);
}

TEST_F(gateway_test, a_route_that_throws_or_forgets_to_answer_is_a_500) {
  start();
  server->add_route({"GET", "/throws", [](const auto&, const auto&) { throw std::runtime_error("secret detail"); }});
  server->add_route({"GET", "/forgets", [](const auto&, const auto&) {}});
  const auto thrown = ask("GET", "/throws");
  EXPECT_EQ(thrown.status, 500);
  EXPECT_THAT(thrown.body, Not(HasSubstr("secret detail")));
  EXPECT_EQ(ask("GET", "/forgets").status, 500);
}

TEST_F(gateway_test, only_the_first_answer_counts) {
  start();
  server->add_route({"GET", "/twice", [](const auto&, const gateway::answer& reply) {
                       reply({.body = "1", .headers = {}});
                       reply({.body = "2", .headers = {}});
                     }});
  client one(address());
  one.send(request("GET", "/twice") + request("GET", "/livez"));
  EXPECT_EQ(one.read().value_or(response{}).body, "1");
  EXPECT_THAT(one.read().value_or(response{}).body, HasSubstr("alive"));
}

TEST(close_names, those_that_resemble_come_closest_first) {
  const std::vector<std::string_view> names{"userRegister", "userLogin", "userUpdateNames", "blogCreate"};
  EXPECT_THAT(gateway::close_names("userRegsiter", names), ElementsAre("userRegister"));
  EXPECT_THAT(gateway::close_names("USERLOGIN", names), ElementsAre("userLogin"));
  EXPECT_THAT(gateway::close_names("register", names), ElementsAre("userRegister"));
  EXPECT_THAT(gateway::close_names("xyz", names), ElementsAre());
  EXPECT_THAT(gateway::close_names(std::string(1'000'000, 'u'), names), ElementsAre());
}

}  // namespace
}  // namespace evd::test
