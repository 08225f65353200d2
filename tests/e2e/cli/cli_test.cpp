#include "cli_test.hpp"

#include <unistd.h>

#include <cstdlib>
#include <sstream>

namespace evd::test {

cli::cli() {
  auto pattern = (std::filesystem::temp_directory_path() / "evd-cli-XXXXXX").string();
  folder_ = ::mkdtemp(pattern.data());
  environment_ = {{"EVD_URL", "embedded:" + file()}, {"EVD_NOW", noon}, {"COLUMNS", "100"}, {"HOME", folder_.string()}};
}

cli::~cli() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

ended cli::run(std::vector<std::string> words, const std::string& input) const {
  words.insert(words.begin(), EVD_CLI_PATH);
  return process(words, environment_, input).wait();
}

ended cli::shell(const std::string& line) const {
  auto environment = environment_;
  environment["EVD"] = EVD_CLI_PATH;
  return process({"/bin/bash", "-c", line}, environment).wait();
}

std::unique_ptr<process> cli::start(std::vector<std::string> words) const {
  words.insert(words.begin(), EVD_CLI_PATH);
  return std::make_unique<process>(words, environment_);
}

void expect_golden(const std::string& name, const std::string& text) {
  const auto path = std::filesystem::path(EVD_GOLDEN_DIR) / (name + ".txt");
  if (std::getenv("EVD_APPROVE") != nullptr) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
    return;
  }
  std::ifstream file(path);
  std::stringstream expected;
  expected << file.rdbuf();
  EXPECT_TRUE(file) << "there is no " << path << "; tests/golden/approve makes it";
  EXPECT_EQ(text, expected.str()) << "differs from " << path << "; when that is meant: tests/golden/approve";
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

}  // namespace evd::test
