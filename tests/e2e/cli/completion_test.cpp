// Completion asks the command line's own definition, so it knows every command there is.
#include <gmock/gmock.h>

#include "application.hpp"
#include "cli_test.hpp"
#include "completion.hpp"

namespace evd::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class completion : public cli_with_scene {
 protected:
  /// The first column of the answers.
  std::vector<std::string> words(std::vector<std::string> typed) const {
    typed.insert(typed.begin(), "__complete");
    std::vector<std::string> found;
    for (const auto& line : lines_of(run(typed).out)) found.push_back(line.substr(0, line.find('\t')));
    return found;
  }
};

TEST_F(completion, knows_commands_options_and_choices) {
  EXPECT_THAT(words({"s"}), ElementsAre("status", "subjects", "subscriptions"));
  EXPECT_THAT(words({"dlq", ""}), ElementsAre("list", "show", "retry", "dismiss"));
  EXPECT_THAT(words({"dlq", "retry", "--mo"}), ElementsAre("--module"));
  EXPECT_THAT(words({"dlq", "retry", "--"}), Contains("--url"));
  EXPECT_THAT(words({"dlq", "list", "--status", "r"}), ElementsAre("retrying", "resolved"));
  EXPECT_THAT(words({"completion", ""}), ElementsAre("bash", "zsh", "fish"));
}

TEST_F(completion, takes_ids_and_names_from_the_engine) {
  EXPECT_THAT(words({"dlq", "retry", ""}), ElementsAre(dead_letter()));
  EXPECT_THAT(words({"dlq", "retry", dead_letter(), ""}), ElementsAre(dead_letter())) << "several may be given";
  EXPECT_THAT(words({"events", "list", "--subject", "U"}), ElementsAre("User.nameUpdated"));
  EXPECT_THAT(words({"inspect", "delivery", ids_.waiting.to_string(), "Comment"}), ElementsAre("Comment.updateUser"));
  EXPECT_THAT(words({"chain", "show", ""}), Contains(ids_.renamed.to_string()));
  EXPECT_THAT(words({"call", ""}), ElementsAre("userRegister"));
  EXPECT_THAT(words({"events", "list", "--module", ""}), ElementsAre());
}

TEST_F(completion, without_an_engine_is_silent) {
  environment_["EVD_URL"] = "embedded:nowhere.db";
  EXPECT_THAT(words({"events", "show", ""}), ElementsAre());
  EXPECT_THAT(words({"--url", file(), "call", ""}), ElementsAre("userRegister")) << "--url counts here too";
}

TEST_F(completion, works_in_bash) {
  const auto answer = shell(R"sh(source <($EVD completion bash)
COMP_WORDS=("$EVD" dlq re) COMP_CWORD=2; _evd; echo "${COMPREPLY[@]}")sh");
  EXPECT_EQ(answer.out, "retry\n") << answer.err;
}

TEST_F(completion, prints_a_script_for_each_shell) {
  EXPECT_THAT(run({"completion", "zsh"}).out, StartsWith("#compdef evd"));
  EXPECT_THAT(run({"completion", "fish"}).out, HasSubstr("complete -c evd"));
  EXPECT_EQ(run({"completion", "csh"}).exit_code, 2);
}

}  // namespace
}  // namespace evd::test
