#include <evd/subject.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

namespace {

std::string fault(const evd::result<void>& checked) {
  return checked ? "none" : checked.error().detail;
}

TEST(Subject, NamesAModuleAndAFact) {
  for (const char* good : {"User.nameUpdated", "a.b.c", "Bl\xC3\xB6g.x", "A-1._"}) {
    EXPECT_TRUE(evd::is_subject(good)) << good;
    EXPECT_TRUE(evd::check_subject(good)) << good;
  }
  EXPECT_EQ(evd::module_of("User.nameUpdated"), "User");
}

TEST(Subject, SaysWhatIsWrong) {
  EXPECT_EQ(fault(evd::check_subject("")), "\"\" is empty");
  EXPECT_EQ(fault(evd::check_subject("User")),
            "\"User\" has one token: the first names the module, the others the fact");
  EXPECT_EQ(fault(evd::check_subject("User.name updated")), "\"User.name updated\" has a space");
  EXPECT_EQ(fault(evd::check_subject("User.*")), "\"User.*\" has a wildcard: an event has one subject");
  EXPECT_THAT(fault(evd::check_subject("User..x")), testing::HasSubstr("empty token"));
  EXPECT_THAT(fault(evd::check_subject(".x")), testing::HasSubstr("empty token"));
  EXPECT_THAT(fault(evd::check_subject("User.x.")), testing::HasSubstr("empty token"));
  EXPECT_THAT(fault(evd::check_subject("User.\x01")), testing::HasSubstr("control character"));
  EXPECT_THAT(fault(evd::check_subject("User.\xff\xfe")), testing::HasSubstr("is not UTF-8"));
  EXPECT_THAT(fault(evd::check_subject("User." + std::string(200, 'x'))), testing::HasSubstr("longer than 200 bytes"));
}

TEST(Subject, AFilterMayHaveWildcardsThatStandAlone) {
  for (const char* good : {">", "*", "User.*", "User.>", "*.created", "User"})
    EXPECT_TRUE(evd::check_subject_filter(good)) << good;
  EXPECT_THAT(fault(evd::check_subject_filter("User.>.x")), testing::HasSubstr("before its last token"));
  EXPECT_THAT(fault(evd::check_subject_filter("User.na*")), testing::HasSubstr("inside a token"));
}

TEST(Subject, PassesTheFiltersThatFitIt) {
  EXPECT_TRUE(evd::matches("User.*", "User.created"));
  EXPECT_TRUE(evd::matches("User.>", "User.a.b"));
  EXPECT_TRUE(evd::matches(">", "User.created"));
  EXPECT_FALSE(evd::matches("User.*", "User.a.b"));
  EXPECT_FALSE(evd::matches("User.created.>", "User.created"));
  EXPECT_FALSE(evd::matches("User", "User.created"));
  EXPECT_FALSE(evd::matches("User.created", "User"));
}

RC_GTEST_PROP(Subject, IsCheckedAsItIsAtCompileTime, ()) {
  // UTF-8, as names in source code are; only what comes from outside is checked for it.
  std::string text;
  for (const auto& part : *rc::gen::container<std::vector<std::string>>(
           rc::gen::element<std::string>("a", "B", ".", ".", "*", ">", " ", "\x7f", "\xc3\xb6"))) {
    text += part;
  }
  RC_ASSERT(evd::check_subject(text).has_value() == evd::is_subject(text));
  RC_ASSERT(evd::check_subject_filter(text).has_value() == evd::is_subject_filter(text));
}

}  // namespace
