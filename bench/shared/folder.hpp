#pragma once
/// Where benchmarks put their files: on a disk, because memory would flatter everything.

#include <filesystem>
#include <string>

namespace evd::bench {

/// The folder that EVD_BENCH_DIR names, made when it is not there; without it `build/bench-data` below the working
/// folder. Throws std::runtime_error when it cannot be made, or lies in memory (tmpfs).
[[nodiscard]] std::filesystem::path bench_folder();

/// A new, empty folder that goes with everything in it.
class scratch {
 public:
  explicit scratch(const std::filesystem::path& parent);
  scratch(const scratch&) = delete;
  scratch& operator=(const scratch&) = delete;
  ~scratch();

  [[nodiscard]] std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace evd::bench
