#pragma once
/// `embedded_peer` as a test runs it: its lines, its end.

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

extern char** environ;

namespace evd::test {

/// Lifetime: destroying it kills what still runs.
class other_process {
 public:
  other_process(const std::string& file, const std::string& what) {
    int out[2];
    int in[2];
    if (::pipe2(out, O_CLOEXEC) != 0 || ::pipe2(in, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    std::string words[] = {EVD_EMBEDDED_PEER, file, what};
    char* pointers[] = {words[0].data(), words[1].data(), words[2].data(), nullptr};
    const int failed = ::posix_spawn(&id_, EVD_EMBEDDED_PEER, &actions, nullptr, pointers, environ);
    posix_spawn_file_actions_destroy(&actions);
    ::close(in[0]);
    ::close(out[1]);
    input_ = in[1];
    output_ = out[0];
    if (failed != 0) throw std::runtime_error("cannot start " EVD_EMBEDDED_PEER);
  }
  other_process(const other_process&) = delete;
  other_process& operator=(const other_process&) = delete;
  ~other_process() {
    if (id_ > 0) kill();
    if (input_ >= 0) ::close(input_);
    ::close(output_);
  }

  /// Its lines so far, once there are `count` or half a minute has passed.
  const std::vector<std::string>& lines(std::size_t count = 0) {
    while (read_some(0)) {}
    while (lines_.size() < count && read_some(30'000)) {}
    return lines_;
  }
  /// SIGSTOP, and waits until it stands still.
  void stop() const {
    ::kill(id_, SIGSTOP);
    int status = 0;
    ::waitpid(id_, &status, WUNTRACED);
  }
  void go_on() const { ::kill(id_, SIGCONT); }
  /// SIGKILL, and reads what it had said.
  const std::vector<std::string>& kill() {
    ::kill(id_, SIGKILL);
    (void)wait();
    while (read_some(1'000)) {}
    return lines_;
  }
  /// Asks it to end, reads all it says, and returns its exit code.
  int end() {
    ::close(input_);
    input_ = -1;
    while (read_some(30'000)) {}
    return wait();
  }

 private:
  int wait() {
    int status = 0;
    ::waitpid(id_, &status, 0);
    id_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  bool read_some(int at_most_ms) {
    pollfd ready{output_, POLLIN, 0};
    if (::poll(&ready, 1, at_most_ms) <= 0) return false;
    char bytes[65'536];
    const auto count = ::read(output_, bytes, sizeof bytes);
    if (count <= 0) return false;
    rest_.append(bytes, static_cast<std::size_t>(count));
    std::size_t begin = 0;
    for (auto at = rest_.find('\n'); at != std::string::npos; at = rest_.find('\n', begin)) {
      lines_.push_back(rest_.substr(begin, at - begin));
      begin = at + 1;
    }
    rest_.erase(0, begin);
    return true;
  }

  pid_t id_ = 0;
  int input_ = -1;
  int output_ = -1;
  std::string rest_;
  std::vector<std::string> lines_;
};

}  // namespace evd::test
