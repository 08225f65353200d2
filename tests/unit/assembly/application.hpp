#pragma once
/// An application on an embedded file of its own, for tests: no HTTP, a folder that goes with it.

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <evd/evd.hpp>

namespace evd::tests {

struct temporary_folder {
  temporary_folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "evd-app.XXXXXX").string();
    path = ::mkdtemp(pattern.data());
  }
  ~temporary_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;
  std::filesystem::path path;
};

/// What handlers saw, from several threads.
class journal {
 public:
  void note(std::string line) {
    const std::lock_guard lock(mutex_);
    lines_.push_back(std::move(line));
  }
  [[nodiscard]] std::vector<std::string> lines() const {
    const std::lock_guard lock(mutex_);
    return lines_;
  }
  [[nodiscard]] std::size_t size() const { return lines().size(); }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
};

class application_test : public ::testing::Test {
 protected:
  application_test() {
    settings.broker = "embedded:" + (folder.path / "evd.db").string();
    settings.http = "";
    settings.durability = durability::process;
    settings.instance = "test";
    remake();
  }
  void remake() { application = std::make_unique<app>(settings); }
  void start() {
    const auto started = application->start();
    ASSERT_TRUE(started.has_value()) << started.error().to_string();
  }
  command_reply call(const std::string& name, const std::string& input) {
    auto reply = application->call(name, input);
    if (!reply) throw std::runtime_error(reply.error().to_string());
    return *std::move(reply);
  }
  void wait_until_idle() { ASSERT_TRUE(application->wait_until_idle(std::chrono::seconds(30))); }

  temporary_folder folder;
  config settings;
  journal seen;
  std::unique_ptr<app> application;
};

/// Short pauses between attempts.
inline options quick(std::uint32_t attempts = 5) {
  return {
      .attempts = attempts, .first_delay = std::chrono::milliseconds(10), .max_delay = std::chrono::milliseconds(20)};
}

}  // namespace evd::tests
