#pragma once
/// An advisory lock on a whole file (flock), which the kernel frees when its holder's process ends.
///
/// Every object has an open file description of its own, so it excludes other objects of the same process too.
/// Threads: one at a time. Lifetime: frees its lock at its end.

#include <string>

#include <evd/error.hpp>

namespace evd::sqlite {

class file_lock {
 public:
  /// Opens `path`, making the file when it is not there. Throws failure_exception: read_only, disk_full, not_found.
  explicit file_lock(std::string path);
  file_lock(const file_lock&) = delete;
  file_lock& operator=(const file_lock&) = delete;
  ~file_lock();

  void lock();
  [[nodiscard]] bool try_lock();
  void unlock();

  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] const std::string& path() const { return path_; }

  /// Whether another open file description holds the lock on `path`. A file that is not there is held by nobody; one
  /// that cannot be opened (no descriptors left, no right to) counts as held.
  [[nodiscard]] static bool is_held(const std::string& path);

 private:
  std::string path_;
  int descriptor_ = -1;
};

}  // namespace evd::sqlite
