#pragma once
/// Ways to have a full disk in a test: a small file system of its own, which takes root, and a limit on the size of
/// files, which everybody has.

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <string>

namespace evd::test {

/// A tmpfs in a namespace of this process, mounted at a folder.
/// Lifetime: its end unmounts it. Threads: made before others are.
class small_disk {
 public:
  small_disk(std::string folder, std::size_t bytes) : folder_(std::move(folder)) {
    if (::unshare(CLONE_NEWNS) != 0 || ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("tmpfs", folder_.c_str(), "tmpfs", 0, ("size=" + std::to_string(bytes)).c_str()) != 0) {
      problem_ = std::string("needs a small tmpfs of its own, which takes root: ") + std::strerror(errno);
      return;
    }
    mounted_ = true;
  }
  small_disk(const small_disk&) = delete;
  small_disk& operator=(const small_disk&) = delete;
  ~small_disk() {
    if (mounted_) ::umount2(folder_.c_str(), MNT_DETACH);
  }

  /// Why there is none; empty: there is.
  [[nodiscard]] const std::string& problem() const { return problem_; }

  /// Takes all the space that is left.
  void fill() const {
    const int file = ::open(ballast().c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    const std::string page(4096, 'b');
    while (::write(file, page.data(), page.size()) > 0) {}
    ::close(file);
  }
  /// Gives it back.
  void free() const { ::unlink(ballast().c_str()); }

 private:
  [[nodiscard]] std::string ballast() const { return folder_ + "/ballast"; }
  std::string folder_;
  std::string problem_;
  bool mounted_ = false;
};

/// No file of this process may grow beyond `bytes` while this lives.
class size_limit {
 public:
  explicit size_limit(std::size_t bytes) {
    ::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const ::rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  size_limit(const size_limit&) = delete;
  size_limit& operator=(const size_limit&) = delete;
  ~size_limit() { ::setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  ::rlimit before_{};
};

}  // namespace evd::test
