#include "sqlite/file_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "sqlite/error.hpp"

namespace evd::sqlite {

file_lock::file_lock(std::string path)
    : path_(std::move(path)), descriptor_(::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666)) {
  if (descriptor_ < 0) throw failure_exception(translate_errno(errno, "open lock file", path_));
}

file_lock::~file_lock() {
  ::close(descriptor_);
}

void file_lock::lock() {
  while (::flock(descriptor_, LOCK_EX) != 0) {
    if (errno != EINTR) throw failure_exception(translate_errno(errno, "lock file", path_));
  }
}

bool file_lock::try_lock() {
  while (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return false;
    if (errno != EINTR) throw failure_exception(translate_errno(errno, "lock file", path_));
  }
  return true;
}

void file_lock::unlock() {
  ::flock(descriptor_, LOCK_UN);
}

bool file_lock::is_held(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  // No descriptor left, no right to look: to take a living process for dead would give its work to two.
  if (descriptor < 0) return errno != ENOENT && errno != ENOTDIR;
  const bool held = ::flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  ::close(descriptor);
  return held;
}

}  // namespace evd::sqlite
