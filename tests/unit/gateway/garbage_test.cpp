// Wrong requests: each gets a clear answer, none costs more than its limit, and the next request is served.

#include <gmock/gmock.h>

#include <fstream>

#include "gateway_test.hpp"

namespace evd::test {
namespace {

using testing::HasSubstr;

/// Bytes of memory that the process holds now.
std::size_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::size_t total = 0;
  std::size_t resident = 0;
  statm >> total >> resident;
  return resident * 4096;
}

class garbage : public gateway_test {
 protected:
  void SetUp() override { start({.max_body_bytes = 64 << 10, .max_header_bytes = 8 << 10}); }
  void TearDown() override { EXPECT_EQ(ask("GET", "/livez").status, 200) << "the gateway does not serve any more"; }

  /// The answer to these bytes, after which the server closes.
  response answer_to(std::string_view bytes) {
    client one(address());
    one.send(bytes);
    auto got = one.read();
    EXPECT_TRUE(got) << "no answer to " << bytes.substr(0, 80);
    EXPECT_TRUE(one.is_closed_by_server());
    return got.value_or(response{});
  }
};

TEST_F(garbage, malformed_json_is_400) {
  EXPECT_EQ(ask("POST", "/commands/register", R"({"name":)").status, 400);
}

TEST_F(garbage, wrong_types_and_unknown_fields_are_named_all_at_once) {
  const auto got = ask("POST", "/commands/register", R"({"name":1,"tags":[2],"nmae":"x"})");
  EXPECT_EQ(got.status, 400);
  for (const auto* pointer : {R"("pointer":"/name")", R"("pointer":"/tags/0")", R"("pointer":"/nmae")"}) {
    EXPECT_THAT(got.body, HasSubstr(pointer));
  }
}

TEST_F(garbage, invalid_utf8_in_a_body_is_400) {
  EXPECT_EQ(ask("POST", "/commands/register", "{\"name\":\"\xff\xfe\",\"tags\":[]}").status, 400);
}

TEST_F(garbage, query_parameters_of_the_wrong_type_are_400) {
  const auto got = ask("GET", "/queries/people?name=Ada&tags=a&age=old&colour=red");
  EXPECT_EQ(got.status, 400);
  EXPECT_THAT(got.body, HasSubstr(R"("pointer":"/age")"));
  EXPECT_THAT(got.body, HasSubstr(R"("pointer":"/colour")"));
}

TEST_F(garbage, an_announced_body_that_is_too_large_is_refused_before_it_is_sent) {
  client one(address());
  one.send(
      "POST /commands/register HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: "
      "104857600\r\n\r\n");
  const auto got = one.read();
  ASSERT_TRUE(got);
  EXPECT_EQ(got->status, 413);
  EXPECT_THAT(got->body, HasSubstr("EVD_MAX_BODY_BYTES"));
}

TEST_F(garbage, a_client_that_sends_the_large_body_all_the_same_sees_the_answer_and_costs_no_memory) {
  const auto before = resident_bytes();
  client one(address());
  one.send(
      "POST /commands/register HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: "
      "104857600\r\n\r\n");
  const std::string megabyte(1 << 20, 'x');
  for (int i = 0; i < 100 && one.send(megabyte); ++i) {}
  const auto got = one.read();
  ASSERT_TRUE(got);
  EXPECT_EQ(got->status, 413);
  EXPECT_LT(resident_bytes(), before + (32U << 20U));
}

TEST_F(garbage, a_chunked_body_is_refused_as_soon_as_it_is_too_large) {
  client one(address());
  one.send(
      "POST /commands/register HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: "
      "chunked\r\n\r\n");
  const std::string chunk = "4000\r\n" + std::string(0x4000, ' ') + "\r\n";
  for (int i = 0; i < 6400 && one.send(chunk); ++i) {}
  const auto got = one.read();
  ASSERT_TRUE(got);
  EXPECT_EQ(got->status, 413);
}

TEST_F(garbage, a_single_chunk_that_announces_too_much_is_413) {
  EXPECT_EQ(answer_to("POST /commands/register HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                      "Transfer-Encoding: chunked\r\n\r\n7fffffff\r\n")
                .status,
            413);
}

TEST_F(garbage, the_wrong_method_is_405_and_says_which_are_right) {
  const auto got = ask("DELETE", "/queries/people");
  EXPECT_EQ(got.status, 405);
  EXPECT_EQ(got.headers.at("allow"), "GET, HEAD, OPTIONS, POST");
  EXPECT_EQ(ask("OPTIONS", "/queries/people").headers.at("allow"), "GET, HEAD, OPTIONS, POST");
  EXPECT_EQ(ask("OPTIONS", "*").status, 204);
  EXPECT_EQ(ask("BREW", "/").status, 405);
}

TEST_F(garbage, a_body_that_is_not_said_to_be_json_is_415) {
  const auto form =
      ask("POST", "/commands/register", "name=Ada", "Content-Type: application/x-www-form-urlencoded\r\n");
  EXPECT_EQ(form.status, 415);
  EXPECT_THAT(form.body, HasSubstr("--json"));
  EXPECT_EQ(ask("POST", "/commands/register").status, 415);
  EXPECT_EQ(ask("POST", "/commands/register", R"({"name":"A","tags":[]})",
                "Content-Type: Application/JSON ; charset=utf-8\r\n")
                .status,
            200);
}

TEST_F(garbage, headers_that_are_too_long_are_431) {
  EXPECT_EQ(answer_to("GET /livez HTTP/1.1\r\nHost: x\r\nX-Long: " + std::string(20'000, 'a') + "\r\n\r\n").status,
            431);
  EXPECT_EQ(answer_to("GET /" + std::string(20'000, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n").status, 431);
}

TEST_F(garbage, what_is_no_http_is_400) {
  EXPECT_EQ(answer_to("hello there\r\n\r\n").status, 400);
  EXPECT_EQ(answer_to(std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 15)).status, 400);
  EXPECT_EQ(answer_to("GET /livez HTTP/1.1\r\nHost : x\r\n\r\n").status, 400);
  EXPECT_EQ(answer_to("GET /livez HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n").status, 400);
}

TEST_F(garbage, another_version_of_http_is_505) {
  EXPECT_EQ(answer_to("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").status, 505);
}

TEST_F(garbage, a_request_names_its_host_once) {
  EXPECT_EQ(answer_to("GET /livez HTTP/1.1\r\n\r\n").status, 400);
  EXPECT_EQ(answer_to("GET /livez HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n").status, 400);
}

TEST_F(garbage, a_body_whose_length_two_servers_may_count_differently_is_refused) {
  EXPECT_EQ(answer_to("POST /commands/register HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n").status, 400);
  EXPECT_EQ(answer_to("POST /commands/register HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n"
                      "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
                .status,
            400);
  EXPECT_EQ(
      answer_to("POST /commands/register HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello")
          .status,
      400);
}

TEST_F(garbage, a_target_with_broken_encoding_is_400) {
  for (const auto* target : {"/queries/%", "/queries/%zz", "/%ff%fe", "/%00", "nowhere", "/queries/%C0%AF"}) {
    EXPECT_EQ(ask("GET", target).status, 400) << target;
  }
}

TEST_F(garbage, an_unknown_path_is_404_and_says_where_to_look) {
  const auto got = ask("GET", "/wp-login.php");
  EXPECT_EQ(got.status, 404);
  EXPECT_THAT(got.body, HasSubstr("GET / lists what there is"));
  EXPECT_EQ(ask("POST", "/commands/", "{}").status, 404);
}

TEST_F(garbage, text_of_the_request_is_escaped_in_the_answer) {
  EXPECT_TRUE(check_json(ask("POST", "/commands/%22%5C%3Cscript%3E", "{}").body));
}

}  // namespace
}  // namespace evd::test
