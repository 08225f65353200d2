#include "runtime/registry.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <evd/module.hpp>
#include <evd/secret.hpp>

namespace evd::runtime {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct renamed {
  static constexpr evd::event event{"User.renamed", 1};
  std::string name;
};
struct renamed_elsewhere {
  static constexpr evd::event event{"User.renamed", 1};
  std::string name;
};
struct rename_user {
  std::string name;
};
struct log_in {
  secret password;
};

class registry_test : public testing::Test {
 protected:
  module_builder& module(const std::string& name) {
    modules.emplace_back().name = name;
    builders.emplace_back(modules.back());
    return builders.back();
  }
  std::deque<module_definition> modules;
  std::deque<module_builder> builders;
};

const auto do_nothing = [](const renamed&, context&) {};

TEST_F(registry_test, finds_no_fault_in_a_sound_application) {
  module("User").command("rename", [](const rename_user&, context&) {});
  module("Blog").on<renamed>("updateAuthor", do_nothing);
  EXPECT_THAT(registry(modules).problems(), IsEmpty());
}

TEST_F(registry_test, reports_every_mistake_at_once_with_file_and_line) {
  auto& user = module("User");
  user.command("rename", [](const rename_user&, context&) {});
  user.command("rename", [](const rename_user&, context&) {});
  user.on<renamed>("twice", do_nothing);
  user.on<renamed>("twice", do_nothing);
  user.on<renamed_elsewhere>("other", [](const renamed_elsewhere&, context&) {});
  user.on<renamed>("bad name", options{.attempts = 0}, do_nothing);
  user.on_subject("User..*", "wild", [](const event_record&, context&) {});
  user.command("enter", command_options{.durable = true}, [](const log_in&, context&) {});
  const registry made(modules);
  EXPECT_THAT(
      made.problems(),
      ElementsAre(HasSubstr("command 'rename' is registered twice"), HasSubstr("never holds its input's secret"),
                  HasSubstr("subscription 'User.twice' is registered twice"),
                  HasSubstr("subject 'User.renamed' has two types"), HasSubstr("a name is 1 to 64"),
                  HasSubstr("attempts is 0"), HasSubstr("subscription 'User.wild'")));
  for (const auto& problem : made.problems()) EXPECT_THAT(problem, HasSubstr("registry_test.cpp:"));
}

TEST_F(registry_test, the_record_of_a_subscription_has_its_options) {
  module("Blog").on<renamed>("updateAuthor", options{.attempts = 3, .ack_wait = std::chrono::seconds(7)}, do_nothing);
  const registry made(modules);
  const auto record = record_of(made.subscriptions().front(), timestamp{});
  EXPECT_EQ(record.module, "Blog");
  EXPECT_THAT(record.filters, ElementsAre("User.renamed"));
  EXPECT_EQ(record.attempts, 3U);
  EXPECT_EQ(record.ack_wait, std::chrono::seconds(7));
}

}  // namespace
}  // namespace evd::runtime
