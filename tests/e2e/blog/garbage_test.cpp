// Garbage for the real program: each piece gets a clear answer, nothing of it is recorded, and the next good request is
// served.

#include <gmock/gmock.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <list>

#include <evd/json.hpp>

#include "program.hpp"
#include "unit/gateway/client.hpp"

namespace evd::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class blog_garbage : public testing::Test {
 protected:
  blog_garbage() {
    auto pattern = (std::filesystem::temp_directory_path() / "evd-e2e-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    data = pattern;
  }
  ~blog_garbage() override {
    blog.reset();
    std::filesystem::remove_all(data);
  }
  [[nodiscard]] program::variables variables() const {
    return {{"EVD_HTTP", "127.0.0.1:0"}, {"EVD_BLOG_DATA", data.string()}, {"EVD_LOG", "error"}};
  }
  void start() {
    blog = std::make_unique<program>(std::vector<std::string>{EVD_BLOG}, variables());
    const auto line = blog->line_with("serves at http://");
    ASSERT_TRUE(line) << "the blog did not start";
    const auto at = line->find("http://") + 7;
    address = line->substr(at, line->find(' ', at) - at);
  }
  /// It still serves, and ends as it should.
  void end() {
    expect_alive();
    blog->signal(SIGTERM);
    EXPECT_EQ(blog->wait(), 0);
  }
  void expect_alive() const {
    EXPECT_EQ(ask(request("GET", "/livez")).status, 200) << "it does not serve any more";
    EXPECT_EQ(ask(request("GET", "/readyz")).status, 200);
  }

  [[nodiscard]] response ask(const std::string& bytes) const {
    client one(address);
    one.send(bytes);
    return one.read().value_or(response{});
  }
  [[nodiscard]] response post(const std::string& body, const std::string& name = "userRegister") const {
    return ask(request("POST", "/commands/" + name, body));
  }
  /// A problem document (RFC 9457) of this status, which says what to do.
  static void expect_problem(const response& got, int status, const std::string& what, const std::string& of) {
    const auto shown = of.substr(0, 100);
    EXPECT_EQ(got.status, status) << shown << '\n' << got.body;
    const auto type = got.headers.find("content-type");
    ASSERT_NE(type, got.headers.end()) << shown;
    EXPECT_EQ(type->second, "application/problem+json") << shown;
    EXPECT_TRUE(check_json(got.body)) << shown << '\n' << got.body;
    EXPECT_THAT(got.body, AllOf(HasSubstr("\"status\":" + std::to_string(status)), HasSubstr(what))) << shown;
  }
  /// What was recorded, as the tool says it.
  [[nodiscard]] std::string recorded() const {
#ifdef EVD_CLI
    program one({EVD_CLI, "commands", "list", "--json", "--url", url()}, {});
    auto printed = one.rest();
    EXPECT_EQ(one.wait(), 0);
    return printed;
#else
    return "";
#endif
  }
  [[nodiscard]] std::string url() const {
    return "embedded:" + (data / "evd.db").string();
  }

  std::filesystem::path data;
  std::unique_ptr<program> blog;
  std::string address;
};

TEST_F(blog_garbage, in_a_body_is_400_with_the_reason_and_leaves_no_trace) {
  start();
  const std::string deep(100'000, '[');
  const std::string members = R"("email":"a@example.org","password":"correct horse","firstName":"A")";
  struct example {
    std::string body, what;
  };
  for (const auto& each : std::list<example>{
           {R"({"email":)", ""},
           {"{" + members + R"(,"lastName":"B"} x)", ""},
           {"{" + members + R"(,"lastName":"B",})", ""},
           {"[]", ""},
           {"null", ""},
           {"\"text\"", ""},
           {deep, ""},
           {R"({"email":)" + deep, ""},
           {"{" + members + ",\"lastName\":\"\xff\xfe\"}", ""},
           {"{" + members + ",\"lastName\":\"\xed\xa0\x80\"}", ""},
           {"{" + members + R"(,"lastName":"\ud800"})", ""},
           {"{" + members + ",\"lastName\":\"a\nb\"}", ""},
           {std::string("{\0}", 3), ""},
           {"\xef\xbb\xbf{}x", ""},
           {"{" + members + R"(,"lastName":7})", "/lastName"},
           {"{" + members + R"(,"lastName":null})", "/lastName"},
           {"{" + members + R"(,"lastName":["B"]})", "/lastName"},
           {"{" + members + R"(,"lastName":"B","isAdmin":true})", "/isAdmin"},
           {"{" + members + R"(,"lastName":"B","lastName":"C"})", "lastName"},
           {"{" + members + "}", "/lastName"},
       }) {
    expect_problem(post(each.body), 400, each.what, each.body);
  }
  expect_alive();
  EXPECT_EQ(recorded(), "") << "what was refused is no command";
  const auto good = "{" + members + R"(,"lastName":"B"})";
  EXPECT_EQ(post(good).status, 200);
  end();
}

TEST_F(blog_garbage, in_the_name_of_a_command_is_404_or_400_and_says_where_to_look) {
  start();
  expect_problem(post("{}", "userRegsiter"), 404, "did you mean userRegister?", "userRegsiter");
  for (const std::string name :
       {"no", "user.*", "%3E", "..%2F..%2Fetc%2Fpasswd", "userRegister%00", "userRegister%20"}) {
    const auto got = post("{}", name);
    EXPECT_TRUE(got.status == 404 || got.status == 400) << name << ' ' << got.status;
    expect_problem(got, got.status, "\"detail\":", name);
  }
  const std::string long_name(8'000, 'n');
  expect_problem(post("{}", long_name), 404, "\"detail\":", long_name);
  expect_problem(ask(request("GET", "/queries/blogs?limit=many&authorId=%ff")), 400, "\"detail\":", "query");
  expect_problem(ask(request("GET", "/queries/blogs?limit=99999999999999999999999")), 400, "/limit", "query");
  expect_problem(ask(request("GET", "/commands/not-an-id")), 404, "not-an-id", "id");
  EXPECT_EQ(recorded(), "");
  end();
}

TEST_F(blog_garbage, of_a_hundred_megabytes_is_413_however_it_is_sent) {
  start();
  client one(address);
  one.send(
      "POST /commands/userRegister HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: "
      "104857600\r\n\r\n");
  const std::string megabyte(1 << 20, 'x');
  // It is refused at once; what a client sends all the same is thrown away for a while, so that it sees the answer.
  for (int sent = 0; sent < 100 && one.send(megabyte); ++sent) {}
  expect_problem(one.read().value_or(response{}), 413, "EVD_MAX_BODY_BYTES", "100 MB");
  expect_alive();

  client chunked(address);
  chunked.send(
      "POST /commands/userRegister HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: "
      "chunked\r\n\r\n");
  const std::string chunk = "4000\r\n" + std::string(0x4000, ' ') + "\r\n";
  for (int i = 0; i < 6'400 && chunked.send(chunk); ++i) {}
  expect_problem(chunked.read().value_or(response{}), 413, "EVD_MAX_BODY_BYTES", "100 MB in chunks");
  end();
}

TEST_F(blog_garbage, of_headers_without_end_is_431) {
  start();
  std::string many = "GET /livez HTTP/1.1\r\nHost: x\r\n";
  for (int i = 0; i < 20'000; ++i) many += "X-" + std::to_string(i) + ": y\r\n";
  for (const auto& bytes : {many, "GET /livez HTTP/1.1\r\nHost: x\r\nX: " + std::string(1 << 20, 'a') + "\r\n\r\n",
                            "GET /" + std::string(1 << 20, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n"}) {
    expect_problem(ask(bytes), 431, "\"detail\":", bytes);
    expect_alive();
  }
  end();
}

TEST_F(blog_garbage, of_half_open_and_slow_connections_holds_up_nobody) {
  start();
  std::list<client> open;
  for (int i = 0; i < 100; ++i) {
    open.emplace_back(address);  // says nothing
    open.emplace_back(address).send("POST /commands/userRegister HTTP/1.1\r\nHo");
    open.emplace_back(address).send(
        "POST /commands/userRegister HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        "Content-Length: 1000\r\n\r\n{\"ema");
    auto& half = open.emplace_back(address);  // has said all it will, and not enough
    half.send("GET /livez HTTP/1.1\r\n");
    half.close_sending();
    client gone(address);
    gone.send(request("POST", "/commands/userRegister", "{}"));
  }
  expect_alive();
  for (auto& each : open) each.send("x");  // a trickle
  expect_alive();
  EXPECT_EQ(recorded(), "");
  // It ends when asked to, with hundreds of them open. It used to wait for them for as long as its handlers may take to
  // drain, 30 s by default: a container is killed by then.
  const auto asked = std::chrono::steady_clock::now();
  blog->signal(SIGTERM);
  EXPECT_EQ(blog->wait(), 0);
  EXPECT_LT(std::chrono::steady_clock::now() - asked, std::chrono::seconds(15));
}

TEST_F(blog_garbage, instead_of_its_file_is_said_in_one_line_and_left_alone) {
  const auto file = data / "evd.db";
  const std::string bytes(10'000, 'g');
  std::ofstream(file) << bytes;
  program one({"/bin/sh", "-c", std::string(EVD_BLOG) + " 2>&1"}, variables());
  const auto said = one.rest();
  EXPECT_EQ(one.wait(), 1) << said;
  EXPECT_THAT(said, AllOf(HasSubstr(file.string() + ": file is not a database"), HasSubstr("nothing was changed")));
  EXPECT_EQ(std::filesystem::file_size(file), bytes.size());
  std::filesystem::remove(file);
  start();
  end();
}

TEST_F(blog_garbage, as_the_path_of_its_file_is_said_in_one_line) {
  std::filesystem::create_directory(data / "evd.db");
  program one({"/bin/sh", "-c", std::string(EVD_BLOG) + " 2>&1"}, variables());
  const auto said = one.rest();
  EXPECT_EQ(one.wait(), 2) << said;
  EXPECT_THAT(said, AllOf(HasSubstr("it is a folder"), HasSubstr("name a file in it")));
}

#ifdef EVD_CLI
TEST_F(blog_garbage, of_subjects_and_data_is_refused_by_the_tool_beside_the_program) {
  start();
  const auto publish = [&](const std::string& subject, const std::string& json) {
    program one({"/bin/sh", "-c", "exec \"$0\" publish \"$1\" \"$2\" --url \"$3\" 2>&1", EVD_CLI, subject, json, url()},
                {});
    auto said = one.rest();
    return std::pair(one.wait(), said);
  };
  for (const std::string subject :
       {"User name.updated", "User.*", "User.>", ">", "*", "User..nameUpdated", ".User", "User.", "User", "",
        "User.name\tUpdated", "User.name\nUpdated", "User.\xff\xfe", "User.$SYS nameUpdated"}) {
    const auto [code, said] = publish(subject, "{}");
    EXPECT_EQ(code, 2) << subject << '\n' << said;
    EXPECT_FALSE(said.empty()) << subject;
  }
  for (const std::string json : {"{", "", "{\"a\":\"\xff\"}", "{\"a\":1e}", "{} {}", "nothing"}) {
    const auto [code, said] = publish("User.nameUpdated", json);
    EXPECT_EQ(code, 2) << json << '\n' << said;
  }
  EXPECT_EQ(recorded(), "") << "nothing of it was written";
  // Well formed, and not what the subject's handlers can read: it is dead-lettered, and they go on.
  EXPECT_EQ(publish("User.nameUpdated", R"({"nothing":"of it"})").first, 0);
  const auto dead_letters = [&] {
    program one({EVD_CLI, "dlq", "list", "--json", "--url", url()}, {});
    auto printed = one.rest();
    EXPECT_EQ(one.wait(), 0);
    return printed;
  };
  std::string letters;
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while ((letters = dead_letters()).empty() && std::chrono::steady_clock::now() < until) {}
  EXPECT_THAT(letters, AllOf(HasSubstr("User.nameUpdated"), HasSubstr("undecodable"), HasSubstr("/userId is missing")));
  end();
}
#endif

}  // namespace
}  // namespace evd::test
