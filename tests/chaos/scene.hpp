#pragma once
/// A file, a seed, and runs of the application on it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <iostream>
#include <list>
#include <memory>
#include <random>
#include <string>
#include <thread>

#include "app/lines.hpp"
#include "child.hpp"
#include "evidence.hpp"

namespace evd::chaos {

using std::chrono::milliseconds;

/// The number in an environment variable.
inline std::uint64_t number_from(const char* variable, std::uint64_t usual) {
  const char* text = std::getenv(variable);
  return text != nullptr && *text != '\0' ? std::stoull(text) : usual;
}

class chaos_test : public testing::Test {
 protected:
  /// One run, with what it says.
  struct run {
    run(const std::map<std::string, std::string>& settings, const std::string& path) : process(settings), lines(path) {}
    child process;
    line_reader lines;
  };

  chaos_test() {
    std::string pattern = (std::filesystem::temp_directory_path() / "evd-chaos.XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    file = folder_ / "evd.db";
    std::cout << "EVD_CHAOS_SEED=" << seed << " replays the moments of this test" << std::endl;
  }
  ~chaos_test() override {
    runs_.clear();
    if (HasFailure()) {
      std::cout << "the file is kept: " << file << std::endl;
      return;
    }
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  run& start(std::map<std::string, std::string> settings) {
    const auto lines = (folder_ / ("lines." + std::to_string(runs_.size()))).string();
    settings["file"] = file;
    settings["lines"] = lines;
    settings.try_emplace("first", std::to_string(runs_.size() * 10'000'000 + 1));
    return runs_.emplace_back(settings, lines);
  }

  [[nodiscard]] std::size_t accepted() {
    std::size_t all = 0;
    for (auto& one : runs_) all += one.lines.accepted();
    return all;
  }

  [[nodiscard]] evidence all_lines() {
    evidence all;
    for (auto& one : runs_) all.add(one.lines);
    return all;
  }

  [[nodiscard]] std::filesystem::path folder() const { return folder_; }
  [[nodiscard]] std::size_t runs() const { return runs_.size(); }

  /// Evenly from `least` to `most`.
  std::uint64_t random(std::uint64_t least, std::uint64_t most) { return least + random_() % (most - least + 1); }
  milliseconds random_time(std::uint64_t least, std::uint64_t most) { return milliseconds(random(least, most)); }

  /// Looks at `holds` until it does, the process has ended, or a long time has passed; true: it holds.
  static bool wait_until(child& process, const std::function<bool()>& holds,
                         milliseconds at_most = std::chrono::seconds(120)) {
    const auto deadline = std::chrono::steady_clock::now() + at_most;
    while (!holds()) {
      if (!process.runs() || std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::sleep_for(milliseconds(2));
    }
    return true;
  }
  /// The moment of a fault is its input.
  static void let_pass(milliseconds time) { std::this_thread::sleep_for(time); }

  const std::uint64_t seed = number_from("EVD_CHAOS_SEED", std::random_device{}());
  std::string file;

 private:
  std::filesystem::path folder_;
  std::list<run> runs_;
  std::mt19937_64 random_{seed};
};

}  // namespace evd::chaos
