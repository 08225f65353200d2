#include "process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <stdexcept>

namespace evd::test {
namespace {

using pipe_ends = std::array<int, 2>;

pipe_ends make_pipe() {
  pipe_ends ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
  return ends;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> made;
  for (auto& each : texts) made.push_back(each.data());
  made.push_back(nullptr);
  return made;
}

}  // namespace

process::process(const std::vector<std::string>& command, const std::map<std::string, std::string>& environment,
                 const std::string& input) {
  auto words = command;
  std::vector<std::string> variables{std::string("PATH=") + std::getenv("PATH")};
  for (const auto& [name, value] : environment) variables.push_back(name + '=' + value);
  const auto arguments = pointers(words);
  const auto settings = pointers(variables);
  const auto in = make_pipe();
  const auto out = make_pipe();
  const auto err = make_pipe();
  pid_ = ::fork();
  if (pid_ < 0) throw std::runtime_error("fork");
  if (pid_ == 0) {
    ::dup2(in[0], 0);
    ::dup2(out[1], 1);
    ::dup2(err[1], 2);
    ::execve(arguments.front(), arguments.data(), settings.data());
    ::_exit(127);
  }
  ::close(in[0]);
  ::close(out[1]);
  ::close(err[1]);
  // Small enough for the pipe's buffer: nothing has to read while this writes.
  if (::write(in[1], input.data(), input.size()) != static_cast<ssize_t>(input.size()))
    throw std::runtime_error("write");
  ::close(in[1]);
  out_ = out[0];
  err_ = err[0];
}

process::~process() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  if (out_ >= 0) ::close(out_);
  if (err_ >= 0) ::close(err_);
}

bool process::read_some(std::chrono::steady_clock::time_point until) {
  std::array<pollfd, 2> ends{pollfd{out_, POLLIN, 0}, pollfd{err_, POLLIN, 0}};
  if (out_ < 0 && err_ < 0) return false;
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
  if (left.count() <= 0 || ::poll(ends.data(), ends.size(), static_cast<int>(left.count())) <= 0) return false;
  const auto take = [](const pollfd& ready, int& end, std::string& into) {
    if (ready.revents == 0) return;
    std::array<char, 65536> buffer{};
    const auto count = ::read(end, buffer.data(), buffer.size());
    if (count > 0) {
      into.append(buffer.data(), static_cast<std::size_t>(count));
    } else {
      ::close(end);
      end = -1;
    }
  };
  take(ends[0], out_, so_far_.out);
  take(ends[1], err_, so_far_.err);
  return true;
}

bool process::wait_for(const std::string& text) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  const auto seen = [&] {
    return so_far_.out.find(text) != std::string::npos || so_far_.err.find(text) != std::string::npos;
  };
  while (!seen()) {
    if (!read_some(until)) return seen();
  }
  return true;
}

void process::signal(int number) {
  ::kill(pid_, number);
}

ended process::wait() {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{60};
  while (read_some(until)) {}
  if (std::chrono::steady_clock::now() >= until) ::kill(pid_, SIGKILL);
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
  so_far_.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return so_far_;
}

}  // namespace evd::test
