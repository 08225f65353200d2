/// The blog's program: serves, or plays its scene.

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include <sodium.h>

#include "application.hpp"
#include "demo.hpp"
#include "evd_program.hpp"

namespace {

constexpr const char* usage =
    "usage: blog [--demo] [--fail-comments] [--help]\n"
    "\n"
    "Serves a small blog: users, posts, comments. Ctrl-C drains and ends it.\n"
    "\n"
    "  --demo           plays one scene by itself in a temporary folder, and ends\n"
    "  --fail-comments  module Comment throws \"Test Error!!\" when a user's name is updated\n"
    "  --help           this\n"
    "\n"
    "EVD_BLOG_DATA        the folder of its databases (./blog-data)\n"
    "EVD_BLOG_JWT_SECRET  the key of its tokens, 32 bytes or more (made at first start, kept in the folder)\n"
    "EVD_HTTP             where it serves (127.0.0.1:8080); PORT alone sets the port\n"
    "EVD_BROKER           the log (embedded:FOLDER/evd.db), and all else that evd reads from EVD_...\n";

std::string environment(const char* name, std::string otherwise = "") {
  const char* set = std::getenv(name);
  return set == nullptr || *set == '\0' ? std::move(otherwise) : std::string(set);
}

blog_settings read_settings() {
  blog_settings settings;
  settings.data = std::filesystem::absolute(environment("EVD_BLOG_DATA", "blog-data"));
  if (std::filesystem::create_directories(settings.data)) {  // it holds hashes of passwords
    std::filesystem::permissions(settings.data, std::filesystem::perms::owner_all);
  }
  settings.engine = evd::config::from_environment();
  if (environment("EVD_BROKER").empty() && environment("EVD_CONFIG").empty()) {
    settings.engine.broker = "embedded:" + (settings.data / "evd.db").string();
  }
  const auto port = environment("PORT");
  if (environment("EVD_HTTP").empty() && !port.empty()) settings.engine.http = "127.0.0.1:" + port;
  return settings;
}

void print_welcome(const std::string& address, const std::string& broker) {
  const std::string json_to = "  curl --json '{\"email\":\"ada@example.org\",\"password\":\"correct horse\"";
  const auto url = "http://" + address;
  const std::string text = "The blog serves at " + url + " (in a browser: what there is). Ctrl-C ends it.\n\n" +
                           "Try, in another terminal:\n\n" + json_to +
                           ",\"firstName\":\"Ada\",\"lastName\":\"Byron\"}' " + url + "/commands/userRegister\n" +
                           json_to + "}' " + url + "/commands/userLogin\n" + "  curl '" + url + "/queries/users'\n\n" +
                           "What came of it:\n\n  " + evd_program() + " events list --url " + broker + "\n\n";
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}

int serve(bool comments_fail) {
  // Taken away from all threads that are made from now on, so that they come to `sigwait`.
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGINT);
  sigaddset(&ending, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ending, nullptr);

  auto settings = read_settings();
  settings.comments_fail = comments_fail;
  if (comments_fail) {
    using namespace std::chrono_literals;
    settings.update_author = {.first_delay = 200ms, .max_delay = 1s};
  }
  blog_application blog(settings);
  auto& app = blog.app();
  if (const auto started = app.start(); !started) {
    std::fprintf(stderr, "blog: %s\n", started.error().to_string().c_str());
    return started.error().code == evd::errc::invalid_configuration ? 2 : 1;
  }
  print_welcome(app.http_address(), settings.engine.broker);

  int which = 0;
  sigwait(&ending, &which);
  pthread_sigmask(SIG_UNBLOCK, &ending, nullptr);  // a second one ends it at once
  std::printf("\nending: what runs is finished first\n");
  std::fflush(stdout);
  app.stop();
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  bool demo = false;
  bool comments_fail = false;
  for (int i = 1; i < count; ++i) {
    const std::string_view argument = arguments[i];
    if (argument == "--demo") {
      demo = true;
    } else if (argument == "--fail-comments") {
      comments_fail = true;
    } else if (argument == "--help" || argument == "-h") {
      std::fputs(usage, stdout);
      return 0;
    } else {
      std::fputs(usage, stderr);
      return 2;
    }
  }
  if (sodium_init() < 0) {
    std::fputs("blog: libsodium cannot be used on this machine\n", stderr);
    return 1;
  }
  if (demo) return play_demo();
  try {
    return serve(comments_fail);
  } catch (const std::exception& failed) {
    std::fprintf(stderr, "blog: %s\n", failed.what());
    return 2;
  }
}
