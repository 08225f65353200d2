#pragma once
/// A folder for the log of an example that ends by itself: empty at the start, gone at the end.

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

#include <evd/config.hpp>

class scratch_folder {
 public:
  scratch_folder() {
    auto pattern = (std::filesystem::temp_directory_path() / "evd-example-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder: " + pattern);
    path_ = pattern;
  }
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;
  ~scratch_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  /// An application's settings: its log in this folder, no HTTP.
  [[nodiscard]] evd::config config() const {
    evd::config settings;
    settings.broker = "embedded:" + (path_ / "evd.db").string();
    settings.http.clear();
    return settings;
  }

 private:
  std::filesystem::path path_;
};
