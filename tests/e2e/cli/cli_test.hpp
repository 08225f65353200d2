#pragma once
/// What the tests of `evd` share: a folder of their own, the program, golden files.

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "process.hpp"
#include "scene.hpp"

namespace evd::test {

/// Everything a test needs, in a new folder that goes with it. The environment is nothing but this.
class cli : public ::testing::Test {
 protected:
  cli();
  ~cli() override;

  [[nodiscard]] std::string file() const { return (folder_ / "evd.db").string(); }
  [[nodiscard]] std::filesystem::path folder() const { return folder_; }

  /// Runs `evd` with these words.
  [[nodiscard]] ended run(std::vector<std::string> words, const std::string& input = {}) const;
  /// Runs a line of bash in which $EVD is the program.
  [[nodiscard]] ended shell(const std::string& line) const;
  [[nodiscard]] std::unique_ptr<process> start(std::vector<std::string> words) const;

  std::map<std::string, std::string> environment_;

 private:
  std::filesystem::path folder_;
};

/// With the scene in the file, and the application gone.
class cli_with_scene : public cli {
 protected:
  cli_with_scene() {
    const auto engine = open(file());
    ids_ = play(engine->log());
  }
  [[nodiscard]] std::string dead_letter() const { return ids_.dead_letter.to_string(); }

  scene_ids ids_;
};

/// Compares with tests/golden/cli/NAME.txt; with EVD_APPROVE=1 in the environment writes that file instead.
void expect_golden(const std::string& name, const std::string& text);

/// `text` with every `from` replaced.
[[nodiscard]] std::string replaced(std::string text, const std::string& from, const std::string& to);

/// Each line, without its end.
[[nodiscard]] std::vector<std::string> lines_of(const std::string& text);

}  // namespace evd::test
