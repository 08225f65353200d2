#include "shared/folder.hpp"

#include <linux/magic.h>
#include <sys/vfs.h>

#include <cstdlib>
#include <stdexcept>
#include <system_error>

namespace evd::bench {

std::filesystem::path bench_folder() {
  const char* set = std::getenv("EVD_BENCH_DIR");
  const std::filesystem::path folder = set != nullptr && *set != '\0' ? set : "build/bench-data";
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) {
    throw std::runtime_error(folder.string() + ": " + failed.message() + "; EVD_BENCH_DIR names the folder to use");
  }
  struct ::statfs system {};
  if (::statfs(folder.c_str(), &system) == 0 && (system.f_type == TMPFS_MAGIC || system.f_type == RAMFS_MAGIC)) {
    throw std::runtime_error(folder.string() + " is in memory (tmpfs); name a folder on a disk with EVD_BENCH_DIR");
  }
  return std::filesystem::absolute(folder);
}

scratch::scratch(const std::filesystem::path& parent) {
  std::string pattern = (parent / "run.XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) {
    throw std::system_error(errno, std::generic_category(), "make a folder in " + parent.string());
  }
  path_ = pattern;
}

scratch::~scratch() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace evd::bench
