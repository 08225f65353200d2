// examples/blog/README.md, played with the real program over HTTP.

#include <fcntl.h>
#include <sys/stat.h>

#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "program.hpp"
#include "unit/gateway/client.hpp"

namespace evd::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

/// The text of a JSON string member, the first of that name.
std::string member(const std::string& json, const std::string& name) {
  const auto mark = '"' + name + "\":\"";
  const auto at = json.find(mark);
  if (at == std::string::npos) return "";
  const auto begin = at + mark.size();
  return json.substr(begin, json.find('"', begin) - begin);
}

class walkthrough : public testing::Test {
 protected:
  walkthrough() {
    auto pattern = (std::filesystem::temp_directory_path() / "evd-e2e-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    data = pattern;
  }
  ~walkthrough() override {
    blog.reset();
    std::filesystem::remove_all(data);
  }

  void start(std::vector<std::string> flags = {}) {
    flags.insert(flags.begin(), EVD_BLOG);
    blog = std::make_unique<program>(
        flags, program::variables{{"EVD_HTTP", "127.0.0.1:0"}, {"EVD_BLOG_DATA", data.string()}, {"EVD_LOG", "error"}});
    const auto line = blog->line_with("serves at http://");
    ASSERT_TRUE(line) << "the blog did not start";
    const auto at = line->find("http://") + 7;
    address = line->substr(at, line->find(' ', at) - at);
  }
  void end() {
    blog->signal(SIGTERM);
    EXPECT_EQ(blog->wait(), 0);
  }

  response ask(const std::string& text) const {
    client one(address);
    one.send(text);
    return one.read().value_or(response{});
  }
  response post(const std::string& name, const std::string& body) const {
    const auto who = token.empty() ? "" : "Authorization: Bearer " + token + "\r\n";
    return ask(request("POST", "/commands/" + name, body, who));
  }
  response get(const std::string& query) const { return ask(request("GET", "/queries/" + query)); }

  /// Asks until the answer is what it will be once all events are handled.
  template <class Ask, class Done>
  response ask_until(Ask asking, Done done) const {
    const auto until = std::chrono::steady_clock::now() + 30s;
    for (;;) {
      auto got = asking();
      if (done(got) || std::chrono::steady_clock::now() > until) return got;
      std::this_thread::yield();
    }
  }

  void register_ada() {
    const auto registered =
        post("userRegister",
             R"({"email":"ada@example.org","password":"correct horse","firstName":"Ada","lastName":"Byron"})");
    ASSERT_EQ(registered.status, 200) << registered.body;
    EXPECT_THAT(registered.body, HasSubstr(R"("firstName":"Ada","lastName":"Byron")"));
    ada = member(registered.body, "id");
    const auto in = post("userLogin", R"({"email":"ada@example.org","password":"correct horse"})");
    ASSERT_EQ(in.status, 200) << in.body;
    token = member(in.body, "accessToken");
    refresh_token = member(in.body, "refreshToken");
  }
  void write_a_post_and_a_comment() {
    const auto made = post("blogCreate", R"({"title":"Notes","content":"Patterns"})");
    ASSERT_EQ(made.status, 200) << made.body;
    post_id = member(made.body, "id");
    const auto comment = R"({"blogId":")" + post_id + R"(","text":"First!"})";
    const auto added = ask_until([&] { return post("commentCreate", comment); },
                                 [](const response& got) { return got.status != 404; });
    ASSERT_EQ(added.status, 200) << added.body;
  }

  /// Names of the files of the data folder that hold this text.
  std::vector<std::string> files_with(const std::string& text) const {
    std::vector<std::string> found;
    for (const auto& file : std::filesystem::directory_iterator(data)) {
      std::ostringstream content;
      content << std::ifstream(file.path(), std::ios::binary).rdbuf();
      if (content.str().find(text) != std::string::npos) found.push_back(file.path().filename());
    }
    return found;
  }

  std::filesystem::path data;
  std::unique_ptr<program> blog;
  std::string address, token, refresh_token, ada, post_id;
};

TEST_F(walkthrough, a_new_name_arrives_in_posts_and_comments) {
  start();
  register_ada();
  write_a_post_and_a_comment();
  const auto renamed = post("userUpdateNames", R"({"firstName":"Ada","lastName":"Lovelace"})");
  ASSERT_EQ(renamed.status, 200) << renamed.body;
  EXPECT_EQ(renamed.headers.at("x-command-id"), member(renamed.body, "commandId"));

  const auto page = ask_until([&] { return get("blogWithComments?blogId=" + post_id); },
                              [](const response& got) { return got.body.find("Byron") == std::string::npos; });
  EXPECT_THAT(page.body,
              HasSubstr(R"("text":"First!","author":{"id":")" + ada + R"(","firstName":"Ada","lastName":"Lovelace"})"));
  EXPECT_THAT(page.body, Not(HasSubstr("Byron")));
  EXPECT_THAT(get("users").body, HasSubstr("Lovelace"));
  EXPECT_THAT(get("user?userId=" + ada).body, HasSubstr("ada@example.org"));
  EXPECT_THAT(get("blogs?limit=1&authorId=" + ada).body, HasSubstr("Notes"));

  EXPECT_EQ(post("blogRead", R"({"blogId":")" + post_id + "\"}").status, 200);
  const auto counted =
      ask_until([&] { return get("blog?blogId=" + post_id); },
                [](const response& got) { return got.body.find(R"("reads":1)") != std::string::npos; });
  EXPECT_THAT(counted.body, HasSubstr(R"("reads":1)"));
  EXPECT_TRUE(blog->line_with("Event! - [User-nameUpdated]"));
  end();
}

TEST_F(walkthrough, who_is_not_logged_in_is_told_so) {
  start();
  EXPECT_EQ(post("blogCreate", R"({"title":"a","content":"b"})").status, 401);
  token = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJldmQtYmxvZyIsInR5cCI6ImFjY2VzcyIsImV4cCI6OTk5OTk5OTk5OX0.";
  EXPECT_EQ(post("blogCreate", R"({"title":"a","content":"b"})").status, 401);
  token.clear();
  register_ada();
  const auto again = R"({"email":"ADA@example.org","password":"12345678","firstName":"A","lastName":"B"})";
  EXPECT_EQ(post("userRegister", again).status, 409);
  end();
}

TEST_F(walkthrough, mistakes_are_answered_all_at_once) {
  start();
  const auto got = post("userRegister", R"({"email":"nobody","password":"short","firstName":"","lastName":"B"})");
  EXPECT_EQ(got.status, 400);
  for (const auto* pointer : {"/email", "/password", "/firstName"}) EXPECT_THAT(got.body, HasSubstr(pointer));
  EXPECT_EQ(post("userLogin", R"({"email":"nobody@example.org","password":"correct horse"})").status, 401);
  const auto unknown = post("userRegsiter", "{}");
  EXPECT_EQ(unknown.status, 404);
  EXPECT_THAT(unknown.body, HasSubstr("did you mean userRegister?"));
  end();
}

TEST_F(walkthrough, a_refresh_token_serves_once) {
  start();
  register_ada();
  token.clear();
  const auto body = R"({"refreshToken":")" + refresh_token + "\"}";
  const auto fresh = post("userRefresh", body);
  EXPECT_EQ(fresh.status, 200);
  EXPECT_FALSE(member(fresh.body, "accessToken").empty());
  EXPECT_EQ(post("userRefresh", body).status, 401);
  EXPECT_EQ(post("userRefresh", R"({"refreshToken":")" + member(fresh.body, "accessToken") + "\"}").status, 401);
  end();
}

TEST_F(walkthrough, what_was_there_is_there_after_a_restart) {
  start();
  register_ada();
  write_a_post_and_a_comment();
  end();
  start();
  EXPECT_THAT(get("blogWithComments?blogId=" + post_id).body, HasSubstr("First!"));
  EXPECT_EQ(post("userUpdateNames", R"({"firstName":"Ada","lastName":"King"})").status, 200)
      << "its tokens are known still";
  end();
}

TEST_F(walkthrough, the_calls_it_prints_work_when_pasted) {
  start();
  for (int i = 0; i < 3; ++i) {
    const auto call = blog->line_with("  curl ");
    ASSERT_TRUE(call);
    program shell({"/bin/sh", "-c", *call + " --silent --show-error --fail"}, {});
    const auto printed = shell.rest();
    EXPECT_EQ(shell.wait(), 0) << *call << '\n' << printed;
  }
  end();
}

TEST_F(walkthrough, passwords_are_in_no_file) {
  start();
  register_ada();
  end();
  EXPECT_THAT(files_with("correct horse"), testing::IsEmpty());
}

TEST_F(walkthrough, tokens_are_in_no_file) {
  start();
  register_ada();
  end();
  EXPECT_THAT(files_with(token), testing::IsEmpty());
  EXPECT_THAT(files_with(refresh_token), testing::IsEmpty());
  struct ::stat about {};
  ASSERT_EQ(::stat((data / "jwt-secret").c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777U, 0600U);
}

#ifdef EVD_CLI
/// What `evd` prints, run beside the application.
std::string evd(std::vector<std::string> words, const std::filesystem::path& data) {
  words.insert(words.begin(), EVD_CLI);
  words.insert(words.end(), {"--url", "embedded:" + (data / "evd.db").string()});
  program one(words, {});
  auto printed = one.rest();
  EXPECT_EQ(one.wait(), 0) << printed;
  return printed;
}

TEST_F(walkthrough, a_failing_module_ends_in_a_dead_letter_and_a_retry_resolves_it) {
  start({"--fail-comments"});
  register_ada();
  write_a_post_and_a_comment();
  const auto renamed = post("userUpdateNames", R"({"firstName":"Ada","lastName":"Lovelace"})");
  const auto chain = renamed.headers.at("x-command-id");
  ASSERT_TRUE(blog->line_with("Failed 5 times, clientGroup: Comment, errMsg: Test Error!! eventId:"));
  ASSERT_TRUE(blog->line_with("Error added to dead letter queue"));
  EXPECT_THAT(evd({"chain", "show", chain}, data), HasSubstr("Test Error!!"));
  const auto letters = evd({"dlq", "list", "--json"}, data);
  EXPECT_THAT(letters, HasSubstr("User.nameUpdated"));
  end();

  start();  // repaired
  evd({"dlq", "retry", member(letters, "id")}, data);
  const auto page = ask_until([&] { return get("blogWithComments?blogId=" + post_id); },
                              [](const response& got) { return got.body.find("Byron") == std::string::npos; });
  EXPECT_THAT(page.body, Not(HasSubstr("Byron")));
  end();
}
#endif

}  // namespace
}  // namespace evd::test
