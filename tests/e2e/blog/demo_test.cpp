// `blog --demo` prints the scene as it has always been printed, then the chain.

#include <fcntl.h>

#include <gmock/gmock.h>

#include <regex>

#include "program.hpp"

namespace evd::test {
namespace {

constexpr const char* scene = R"(Event! - \[User-nameUpdated\]
Event! - \[Blog-userUpdated\]
Failed 1 times, clientGroup: Comment, errMsg: Test Error!! eventId:([0-9a-f]{24})
Failed 2 times, clientGroup: Comment, errMsg: Test Error!! eventId:\1
Failed 3 times, clientGroup: Comment, errMsg: Test Error!! eventId:\1
Failed 4 times, clientGroup: Comment, errMsg: Test Error!! eventId:\1
Failed 5 times, clientGroup: Comment, errMsg: Test Error!! eventId:\1
Error added to dead letter queue

Comment is repaired, and the dead letter retried:

Event! - \[Comment-userUpdated\]

evd chain show [0-9a-f]{24}
)";

TEST(demo, plays_the_scene_line_by_line_and_ends_well) {
  program blog({EVD_BLOG, "--demo"}, {});
  const auto printed = blog.rest();
  EXPECT_EQ(blog.wait(), 0);
  EXPECT_TRUE(std::regex_search(printed, std::regex(scene))) << printed;
#ifdef EVD_CLI
  for (const auto* node :
       {"userUpdateNames", "User.nameUpdated", "Blog.userUpdated", "Comment.userUpdated", "Test Error!!"}) {
    EXPECT_THAT(printed.substr(printed.find("evd chain show")), testing::HasSubstr(node));
  }
#endif
}

TEST(demo, an_option_that_is_none_is_explained) {
  program blog({EVD_BLOG, "--nonsense"}, {});
  EXPECT_EQ(blog.wait(), 2);
}

}  // namespace
}  // namespace evd::test
