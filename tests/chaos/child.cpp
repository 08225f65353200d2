#include "child.hpp"

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>
#include <vector>

namespace evd::chaos {

child::child(const std::map<std::string, std::string>& settings) {
  std::vector<std::string> words{EVD_CHAOS_APP};
  for (const auto& [name, value] : settings) words.push_back(name + '=' + value);
  std::vector<char*> pointers;
  for (auto& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  // Thousands of lines about attempts that are meant to fail.
  ::setenv("EVD_LOG", "error", 0);
  if (::posix_spawn(&pid_, EVD_CHAOS_APP, nullptr, nullptr, pointers.data(), environ) != 0) {
    throw std::runtime_error("cannot start " EVD_CHAOS_APP);
  }
}

child::~child() {
  if (pid_ > 0) kill();
}

void child::signal(int number) const {
  if (pid_ > 0) ::kill(pid_, number);
}

bool child::runs() {
  if (pid_ > 0 && ::waitpid(pid_, &status_, WNOHANG) == pid_) pid_ = -1;
  return pid_ > 0;
}

int child::wait() {
  if (pid_ > 0) ::waitpid(pid_, &status_, 0);
  pid_ = -1;
  return WIFEXITED(status_) ? WEXITSTATUS(status_) : 128 + WTERMSIG(status_);
}

void child::kill() {
  signal(SIGKILL);
  wait();
}

}  // namespace evd::chaos
