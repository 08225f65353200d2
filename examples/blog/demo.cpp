#include "demo.hpp"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <string>

#include <evd/json.hpp>

#include "application.hpp"
#include "blog/commands.hpp"
#include "comment/commands.hpp"
#include "evd_program.hpp"
#include "user/commands.hpp"

extern char** environ;

namespace {

using namespace std::chrono_literals;

class temporary_folder {
 public:
  temporary_folder() {
    auto pattern = (std::filesystem::temp_directory_path() / "evd-blog-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder: " + pattern);
    path_ = pattern;
  }
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;
  ~temporary_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

void say(const std::string& line) {
  std::printf("%s\n", line.c_str());
  std::fflush(stdout);
}

template <class Answer, class Input>
Answer call(evd::app& app, std::string_view name, const Input& input, const std::string& caller = "") {
  const auto reply = app.call(name, input, caller).value();
  return evd::from_json<Answer>(reply.result, evd::unknown_fields::ignore).value();
}

void wait_until_idle(evd::app& app) {
  if (!app.wait_until_idle(20s)) throw std::runtime_error("the events are not handled after 20 s");
}

/// A registered user who has logged in, with a post and a comment. Her id, as her token says it.
std::string prepare(blog_application& blog) {
  auto& app = blog.app();
  // A password is masked when it is written as JSON, so the text is given as it is.
  call<user::user_view>(app, "userRegister",
                        R"({"email":"ada@example.org","password":"correct horse",)"
                        R"("firstName":"Ada","lastName":"Byron"})");
  const auto tokens =
      call<user::token_pair>(app, "userLogin", R"({"email":"ada@example.org","password":"correct horse"})");
  const auto ada = blog.signing().caller("Bearer " + tokens.access_token).value();
  wait_until_idle(app);
  const auto post = call<blog::blog_view>(
      app, "blogCreate", evd::to_json(blog::blog_create{"Notes", "The engine weaves algebraic patterns."}), ada);
  wait_until_idle(app);
  call<comment::comment_view>(app, "commentCreate", evd::to_json(comment::comment_create{post.id, "First!"}), ada);
  wait_until_idle(app);
  return ada;
}

/// Asks for one more attempt, as `evd dlq retry` does.
void retry(evd::app& app, const evd::dead_letter_record& dead) {
  const auto now = std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
  evd::port::write what;
  what.journal.emplace_back(evd::dead_letter_change{dead.id, evd::dead_letter_status::retrying, now, "demo"});
  what.retries.push_back({dead.event, dead.command, dead.module, dead.subscription, dead.attempts + 1, now});
  const auto done = std::make_shared<std::promise<evd::result<evd::port::receipt>>>();
  auto committed = done->get_future();
  app.log().commit(std::move(what),
                   [done](evd::result<evd::port::receipt> ended) { done->set_value(std::move(ended)); });
  (void)committed.get().value();
}

evd::port::dead_letter_document only_dead_letter(evd::app& app) {
  const auto found = app.store().dead_letters({}, {}).value();
  if (found.items.size() != 1) throw std::runtime_error("there is not exactly one dead letter");
  return found.items.front();
}

/// Runs `evd chain show`; false when there is no such program.
bool show_chain(const std::string& command, const std::string& url) {
  std::string evd = evd_program();
  std::string words[] = {evd, "chain", "show", command, "--url", url};
  char* arguments[std::size(words) + 1] = {};
  for (std::size_t i = 0; i < std::size(words); ++i) arguments[i] = words[i].data();
  pid_t child = 0;
  if (::posix_spawnp(&child, evd.c_str(), nullptr, nullptr, arguments, environ) != 0) return false;
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {}
  if (WIFEXITED(status) && WEXITSTATUS(status) == 127) return false;
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) throw std::runtime_error("evd chain show failed");
  return true;
}

void play(const std::filesystem::path& data) {
  blog_settings settings;
  settings.data = data;
  settings.engine.broker = "embedded:" + (data / "evd.db").string();
  settings.engine.http.clear();
  settings.comments_fail = true;
  settings.update_author = {.first_delay = 100ms, .max_delay = 300ms, .jitter = 0};
  settings.events = terminal::begin::hidden;
  blog_application blog(settings);
  auto& app = blog.app();
  app.start().value();

  say("Ada Byron registers, logs in, writes a post and a comment.");
  const auto ada = prepare(blog);
  say("She changes her name to Ada Lovelace, while module Comment fails:\n");
  blog.shown().show_from_now_on();
  const auto renamed = app.call("userUpdateNames", evd::to_json(user::update_names{"Ada", "Lovelace"}), ada).value();
  wait_until_idle(app);
  blog.shown().wait_for("Error added to dead letter queue");

  say("\nComment is repaired, and the dead letter retried:\n");
  const auto dead = only_dead_letter(app).dead_letter;
  blog.repair_comments();
  retry(app, dead);
  wait_until_idle(app);
  if (only_dead_letter(app).status != evd::dead_letter_status::resolved) {
    throw std::runtime_error("the dead letter is not resolved");
  }

  const auto url = "embedded:" + (data / "evd.db").string();
  say("\nevd chain show " + renamed.id.to_string() + "\n");
  if (!show_chain(renamed.id.to_string(), url)) say("(the command line tool evd is not built: no tree)");
  app.stop();
}

}  // namespace

int play_demo() {
  ::setenv("EVD_LOG", "error", 0);  // the scene tells what happens; EVD_LOG=warning shows the log's words beside it
  try {
    const temporary_folder data;
    play(data.path());
    return 0;
  } catch (const std::exception& failed) {
    std::fprintf(stderr, "blog --demo: %s\n", failed.what());
    return 1;
  }
}
