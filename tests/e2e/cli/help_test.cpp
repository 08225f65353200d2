// `--help` of every command, against golden files; and what the command line does with mistakes.
#include <set>

#include <gmock/gmock.h>

#include "application.hpp"
#include "cli_test.hpp"
#include "shared/exit_code.hpp"

namespace evd::test {
namespace {

using ::testing::HasSubstr;

void collect(const CLI::App& app, const std::vector<std::string>& path, std::vector<std::vector<std::string>>& into) {
  into.push_back(path);
  for (const auto* each : app.get_subcommands([](const CLI::App*) { return true; })) {
    auto longer = path;
    longer.push_back(each->get_name());
    collect(*each, longer, into);
  }
}

std::vector<std::vector<std::string>> all_commands() {
  evd::cli::session with{evd::cli::output{}};
  const auto root = evd::cli::make_application(with);
  std::vector<std::vector<std::string>> found;
  collect(*root, {}, found);
  return found;
}

TEST_F(cli, says_of_every_command_what_it_takes) {
  std::set<std::string> written;
  for (auto words : all_commands()) {
    std::string name = "help";
    for (const auto& each : words) name += '-' + each;
    words.emplace_back("--help");
    const auto said = run(words);
    EXPECT_EQ(said.exit_code, 0) << name;
    EXPECT_EQ(said.err, "") << name;
    expect_golden(name, said.out);
    written.insert(name + ".txt");
  }
  for (const auto& each : std::filesystem::directory_iterator(EVD_GOLDEN_DIR)) {
    const auto name = each.path().filename().string();
    if (!name.starts_with("help")) continue;
    EXPECT_TRUE(written.contains(name)) << "no command has the help of " << each.path();
  }
}

TEST_F(cli, every_line_of_help_fits_a_terminal_of_100_columns) {
  for (auto words : all_commands()) {
    words.emplace_back("--help");
    for (const auto& line : lines_of(run(words).out)) EXPECT_LE(line.size(), 110U) << line;
  }
}

TEST_F(cli, lists_every_exit_code_in_its_help) {
  const auto said = run({"--help"}).out;
  for (const auto& [code, meaning] : evd::cli::exit_codes) EXPECT_THAT(said, HasSubstr(std::string(meaning)));
}

TEST_F(cli, without_a_command_prints_help_on_standard_error_and_ends_with_2) {
  for (const auto& words : {std::vector<std::string>{}, {"dlq"}}) {
    const auto said = run(words);
    EXPECT_EQ(said.exit_code, 2);
    EXPECT_EQ(said.out, "");
    EXPECT_THAT(said.err, HasSubstr("usage: evd"));
  }
}

TEST_F(cli, a_mistyped_command_names_the_one_that_was_meant) {
  const auto said = run({"evnts"});
  EXPECT_EQ(said.exit_code, 2);
  EXPECT_THAT(said.err, HasSubstr("there is no command 'evnts'"));
  EXPECT_THAT(said.err, HasSubstr("did you mean 'events'?"));
  EXPECT_THAT(run({"dlq", "rety"}).err, HasSubstr("did you mean 'retry'?"));
}

TEST_F(cli, a_missing_argument_names_the_help_of_its_command) {
  const auto said = run({"dlq", "show"});
  EXPECT_EQ(said.exit_code, 2);
  EXPECT_THAT(said.err, HasSubstr("DEAD-LETTER is required"));
  EXPECT_THAT(said.err, HasSubstr("see: evd dlq show --help"));
}

TEST_F(cli, an_unknown_option_ends_with_2) {
  const auto said = run({"subjects", "--colour"});
  EXPECT_EQ(said.exit_code, 2);
  EXPECT_THAT(said.err, HasSubstr("--colour"));
}

TEST_F(cli, without_a_file_says_where_it_looked_and_what_to_do) {
  const auto said = run({"status"});
  EXPECT_EQ(said.exit_code, 4);
  EXPECT_EQ(said.out, "");
  EXPECT_THAT(said.err, HasSubstr("no evd file at '" + file() + "' (EVD_URL)"));
  EXPECT_THAT(said.err, HasSubstr("start the application, or name its file: --url embedded:PATH"));
  EXPECT_FALSE(std::filesystem::exists(file()));
}

TEST_F(cli, with_json_even_an_error_is_json) {
  const auto said = run({"status", "--json"});
  EXPECT_EQ(said.exit_code, 4);
  EXPECT_THAT(said.err, HasSubstr(R"({"error":{"code":"not_found",)"));
}

TEST_F(cli, a_file_that_is_no_evd_file_ends_with_4) {
  std::ofstream(file()) << "this is a text and no database, whatever its name says" << std::string(5000, '.');
  const auto said = run({"status"});
  EXPECT_EQ(said.exit_code, 4);
  EXPECT_THAT(said.err, HasSubstr(file()));
}

TEST_F(cli, version_needs_no_engine) {
  EXPECT_EQ(run({"version"}).exit_code, 0);
  EXPECT_THAT(run({"version", "--json"}).out, HasSubstr(R"("version": ")"));
}

}  // namespace
}  // namespace evd::test
