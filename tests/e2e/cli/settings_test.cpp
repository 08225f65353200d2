// Flags beat the environment, and that beats the file.
#include <gmock/gmock.h>

#include "cli_test.hpp"

namespace evd::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class settings : public cli_with_scene {
 protected:
  void write(const std::string& text) const {
    std::filesystem::create_directories(folder() / ".config/evd");
    std::ofstream(folder() / ".config/evd/config.toml") << text;
  }
};

TEST_F(settings, the_file_in_the_home_folder_names_the_engine) {
  environment_.erase("EVD_URL");
  write("url = \"embedded:" + file() + "\"\n");
  EXPECT_EQ(run({"subjects"}).exit_code, 0);
}

TEST_F(settings, the_environment_beats_the_file) {
  write("url = \"embedded:nowhere.db\"\n");
  EXPECT_EQ(run({"subjects"}).exit_code, 0);
  environment_["EVD_BROKER"] = "embedded:elsewhere.db";
  EXPECT_EQ(run({"subjects"}).exit_code, 0) << "EVD_URL beats EVD_BROKER";
}

TEST_F(settings, flags_beat_the_environment) {
  const auto said = run({"subjects", "--url", "embedded:nowhere.db"});
  EXPECT_EQ(said.exit_code, 4);
  EXPECT_THAT(said.err, HasSubstr("'nowhere.db' (--url)"));
  environment_["EVD_URL"] = "embedded:nowhere.db";
  EXPECT_EQ(run({"--url", file(), "subjects"}).exit_code, 0) << "a bare path will do";
}

TEST_F(settings, a_mistake_in_the_file_names_file_line_and_setting) {
  write("# a comment\nurll = \"x\"\n");
  const auto said = run({"subjects"});
  EXPECT_EQ(said.exit_code, 2);
  EXPECT_THAT(said.err, HasSubstr("config.toml:2: urll: there is no such setting"));
  EXPECT_THAT(said.err, HasSubstr("did you mean 'url'?"));
  write("url = \n");
  EXPECT_THAT(run({"subjects"}).err, HasSubstr("config.toml:1: "));
}

TEST_F(settings, an_applications_file_will_do) {
  const auto path = (folder() / "app.toml").string();
  std::ofstream(path) << "broker = \"embedded:" << file() << "\"\nhttp = \"127.0.0.1:9000\"\nthreads = 4\n";
  environment_.erase("EVD_URL");
  EXPECT_EQ(run({"subjects", "--config", path}).exit_code, 0);
  environment_["EVD_CONFIG"] = path;
  EXPECT_EQ(run({"subjects"}).exit_code, 0);
}

TEST_F(settings, colours_are_for_terminals_or_whoever_asks) {
  EXPECT_THAT(run({"subjects"}).out, Not(HasSubstr("\x1b[")));
  EXPECT_THAT(run({"subjects", "--color=always"}).out, HasSubstr("\x1b["));
  EXPECT_THAT(shell("script -qec '$EVD subjects' /dev/null").out, HasSubstr("\x1b["));
  EXPECT_THAT(shell("NO_COLOR=1 script -qec '$EVD subjects' /dev/null").out, Not(HasSubstr("\x1b[")));
  EXPECT_EQ(run({"subjects", "--color=pink"}).exit_code, 2);
}

}  // namespace
}  // namespace evd::test
