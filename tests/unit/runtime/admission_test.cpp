#include "runtime/admission.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace evd::runtime {
namespace {

using manner = admission::manner;

class admission_test : public testing::Test {
 protected:
  void enter(manner how, const std::string& name) {
    gate.enter(how, [this, name] { started.push_back(name); });
  }
  admission gate;
  std::vector<std::string> started;
};

TEST_F(admission_test, lets_others_run_side_by_side) {
  enter(manner::beside_others, "a");
  enter(manner::beside_others, "b");
  EXPECT_EQ(started, (std::vector<std::string>{"a", "b"}));
}

TEST_F(admission_test, a_suspect_waits_until_nobody_runs_and_then_runs_alone) {
  enter(manner::beside_others, "a");
  enter(manner::alone, "suspect");
  enter(manner::beside_others, "b");
  EXPECT_EQ(started, (std::vector<std::string>{"a"}));
  gate.leave(manner::beside_others);
  EXPECT_EQ(started, (std::vector<std::string>{"a", "suspect"}));
  gate.leave(manner::alone);
  EXPECT_EQ(started, (std::vector<std::string>{"a", "suspect", "b"}));
}

TEST_F(admission_test, suspects_run_one_at_a_time_and_before_those_who_wait) {
  enter(manner::alone, "first");
  enter(manner::beside_others, "a");
  enter(manner::alone, "second");
  EXPECT_EQ(started, (std::vector<std::string>{"first"}));
  gate.leave(manner::alone);
  EXPECT_EQ(started, (std::vector<std::string>{"first", "second"}));
  gate.leave(manner::alone);
  EXPECT_EQ(started, (std::vector<std::string>{"first", "second", "a"}));
}

}  // namespace
}  // namespace evd::runtime
