// The application that chaos tests kill. Calls commands on several threads until there are enough of them, and ends by
// itself when nothing is left to do, or on SIGTERM as a service does.
//
//   chaos_app file=PATH lines=PATH [commands=N] [first=N] [threads=N] [ends=idle|signal] [poison=N] [mail=no]
//             [hangs=N] [deaf=N] [ack_wait=MILLISECONDS] [time_limit=MILLISECONDS]

#include <atomic>
#include <csignal>
#include <cstdio>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "app/modules.hpp"

namespace {

using namespace std::chrono_literals;

std::map<std::string, std::string> settings_of(int count, char** words) {
  std::map<std::string, std::string> made;
  for (int i = 1; i < count; ++i) {
    const std::string word = words[i];
    const auto equals = word.find('=');
    made[word.substr(0, equals)] = word.substr(equals + 1);
  }
  return made;
}

// No command is left `accepted`: those of a process that died are closed once their time is over.
bool nothing_open(evd::app& application) {
  evd::port::command_filter open;
  open.status = evd::command_status::accepted;
  const auto found = application.store().commands(open, {.limit = 1, .after = {}, .oldest_first = true});
  return found && found->items.empty();
}

}  // namespace

int main(int count, char** words) {
  auto given = settings_of(count, words);
  const auto number = [&](const char* name, std::uint64_t usual) {
    return given.contains(name) ? std::stoull(given[name]) : usual;
  };
  sigset_t term;
  sigemptyset(&term);
  sigaddset(&term, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &term, nullptr);  // before there are threads

  const evd::chaos::lines lines(given["lines"]);
  evd::config settings;
  settings.broker = "embedded:" + given["file"];
  settings.http = "";
  settings.durability = evd::durability::process;
  evd::app application(settings);
  register_modules(application, lines,
                   {.poison = number("poison", 0),
                    .hangs = number("hangs", 0),
                    .deaf = number("deaf", 0),
                    .mail = given["mail"] != "no",
                    .ack_wait = std::chrono::milliseconds(number("ack_wait", 30'000)),
                    .time_limit = std::chrono::milliseconds(number("time_limit", 600'000))});
  if (const auto started = application.start(); !started) {
    std::fprintf(stderr, "%s\n", started.error().to_string().c_str());
    return 3;
  }

  std::atomic<bool> ending = false;
  std::atomic<std::uint64_t> taken = 0;
  std::atomic<std::size_t> calling = number("threads", 4);
  std::vector<std::thread> callers;
  const auto commands = number("commands", 0);
  const auto first = number("first", 1);
  for (std::size_t i = calling; i > 0; --i) {
    callers.emplace_back([&] {
      for (auto next = taken++; next < commands && !ending; next = taken++) {
        const auto reply = application.call("order", R"({"number":)" + std::to_string(first + next) + "}");
        lines.note(reply ? "A " + reply->id.to_string() : "R " + reply.error().to_string());
      }
      --calling;
    });
  }

  const bool ends_when_idle = given["ends"] != "signal";
  constexpr timespec turn{0, 20'000'000};
  while (sigtimedwait(&term, nullptr, &turn) < 0) {
    if (!ends_when_idle || calling > 0) continue;
    if (application.wait_until_idle(20ms) && nothing_open(application)) break;
  }
  ending = true;
  for (auto& caller : callers) caller.join();
  application.stop();
  return 0;
}
