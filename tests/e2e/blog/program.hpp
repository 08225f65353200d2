#pragma once
/// A program as a test runs it: with its own environment, its output read line by line.

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

extern char** environ;

namespace evd::test {

class program {
 public:
  using variables = std::map<std::string, std::string>;

  program(const std::vector<std::string>& words, const variables& set) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    std::vector<char*> arguments;
    for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    auto environment = with(set);
    std::vector<char*> pairs;
    for (auto& pair : environment) pairs.push_back(pair.data());
    pairs.push_back(nullptr);
    const int failed = ::posix_spawn(&id_, words.front().c_str(), &actions, nullptr, arguments.data(), pairs.data());
    posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    output_ = ends[0];
    if (failed != 0) throw std::runtime_error("cannot start " + words.front());
  }
  program(const program&) = delete;
  program& operator=(const program&) = delete;
  ~program() {
    if (id_ > 0) {
      ::kill(id_, SIGKILL);
      ::waitpid(id_, nullptr, 0);
    }
    ::close(output_);
  }

  /// The next line of what it prints; none at the end of its output, or after a minute.
  std::optional<std::string> line() {
    std::size_t end;
    while ((end = unread_.find('\n')) == std::string::npos) {
      pollfd waiting{output_, POLLIN, 0};
      if (::poll(&waiting, 1, 60'000) <= 0) return std::nullopt;
      char bytes[4096];
      const auto count = ::read(output_, bytes, sizeof bytes);
      if (count <= 0) return std::nullopt;
      unread_.append(bytes, static_cast<std::size_t>(count));
    }
    auto made = unread_.substr(0, end);
    unread_.erase(0, end + 1);
    all_ += made + '\n';
    return made;
  }
  /// Reads on until a line has `text` in it, which is returned.
  std::optional<std::string> line_with(std::string_view text) {
    while (auto next = line()) {
      if (next->find(text) != std::string::npos) return next;
    }
    return std::nullopt;
  }
  /// Everything it printed, once it has ended.
  std::string rest() {
    while (line()) {}
    return all_;
  }

  void signal(int which) const { ::kill(id_, which); }
  /// Waits for its end: the exit code, or minus the signal that ended it.
  int wait() {
    int status = 0;
    if (::waitpid(id_, &status, 0) < 0) return -1000;
    id_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

 private:
  static std::vector<std::string> with(const variables& set) {
    std::vector<std::string> all;
    for (char** pair = environ; *pair != nullptr; ++pair) {
      const std::string text = *pair;
      // What the tester has set for himself is not for the program.
      if (!text.starts_with("EVD_") && !text.starts_with("PORT=")) all.push_back(text);
    }
    for (const auto& [name, value] : set) all.push_back(name + '=' + value);
    return all;
  }

  pid_t id_ = 0;
  int output_ = -1;
  std::string unread_;
  std::string all_;
};

}  // namespace evd::test
