// Files and folders that may not be written: what can be read is read, and what cannot be done is said.

#include <sys/stat.h>
#include <unistd.h>

#include "place.hpp"

namespace evd::test {
namespace {

using ::testing::HasSubstr;

/// Root may write everything: its tests are somebody else for as long as this lives.
class as_anybody {
 public:
  as_anybody() {
    if (::geteuid() != 0) return;
    was_root_ = true;
    if (::setegid(nobody) != 0 || ::seteuid(nobody) != 0) throw std::runtime_error("cannot change user");
  }
  as_anybody(const as_anybody&) = delete;
  as_anybody& operator=(const as_anybody&) = delete;
  ~as_anybody() {
    if (was_root_ && (::seteuid(0) != 0 || ::setegid(0) != 0)) std::abort();
  }

 private:
  static constexpr unsigned nobody = 65'534;
  bool was_root_ = false;
};

class permissions : public embedded_test {
 protected:
  void allow(const std::string& path, ::mode_t mode) const { ASSERT_EQ(::chmod(path.c_str(), mode), 0); }
  void make_readable_to_all() const {
    for (const auto& name : folder.names()) {
      if (!std::filesystem::is_directory(folder / name)) allow(folder / name, 0444);
    }
  }
  void remove_all_but_the_file() const {
    for (const auto& name : folder.names()) {
      if (name != "evd.db") std::filesystem::remove_all(folder / name);
    }
  }
  void expect_read_only(opened_as mode) const {
    const auto why = refusal(mode);
    EXPECT_EQ(why.code, errc::read_only) << why.to_string();
    EXPECT_THAT(why.hint, HasSubstr("right to write the file and its folder"));
  }
};

TEST_F(permissions, a_file_that_may_only_be_read_is_read_and_refused_to_those_who_write) {
  const auto ids = make_file(20);
  remove_all_but_the_file();
  allow(options.path, 0444);
  allow(folder.path(), 0777);
  {
    const as_anybody now;
    expect_read_only(opened_as::application);
    expect_read_only(opened_as::tool);
    const auto opened = must_open(opened_as::read_only);
    EXPECT_EQ(stored(opened->store()), ids);
    const auto refused = publish(opened->log(), event_of_size(10));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, errc::read_only);
    EXPECT_THAT(refused.error().to_string(), HasSubstr(options.path));
  }
  allow(options.path, 0644);
  EXPECT_EQ(stored(must_open()->store()), ids);
}

TEST_F(permissions, in_a_folder_that_may_only_be_read_no_file_is_made) {
  allow(folder.path(), 0555);
  {
    const as_anybody now;
    expect_read_only(opened_as::application);
  }
  EXPECT_TRUE(folder.names().empty());
}

TEST_F(permissions, a_file_in_a_folder_that_may_only_be_read_is_read) {
  const auto ids = make_file(20);
  remove_all_but_the_file();
  make_readable_to_all();
  allow(folder.path(), 0555);
  {
    const as_anybody now;
    expect_read_only(opened_as::application);
    expect_read_only(opened_as::tool);
    EXPECT_EQ(stored(must_open(opened_as::read_only)->store()), ids);
  }
  allow(folder.path(), 0777);
}

TEST_F(permissions, what_an_application_is_writing_is_read_by_who_may_only_read) {
  const auto writing = must_open();
  const auto ids = publish_many(writing->log(), 20);
  make_readable_to_all();
  allow(folder.path(), 0555);
  {
    const as_anybody now;
    expect_read_only(opened_as::application);
    const auto opened = must_open(opened_as::read_only);
    EXPECT_EQ(stored(opened->store()), ids);
    EXPECT_TRUE(opened->log().status());
    EXPECT_TRUE(opened->log().lags());
  }
  EXPECT_TRUE(publish(writing->log(), event_of_size(10))) << "the application is not disturbed";
  allow(folder.path(), 0777);
}

TEST_F(permissions, a_file_that_may_not_even_be_read_says_so) {
  make_file(1);
  allow(options.path, 0000);
  allow(folder.path(), 0777);
  const as_anybody now;
  for (const auto mode : {opened_as::application, opened_as::tool, opened_as::read_only}) {
    const auto why = refusal(mode);
    EXPECT_EQ(why.code, errc::read_only);
    EXPECT_THAT(why.detail, HasSubstr("Permission denied"));
  }
}

TEST_F(permissions, a_lock_file_of_another_user_is_named) {
  make_file(1);
  allow(options.path, 0666);
  allow(options.path + "-lock", 0444);
  allow(folder.path(), 0777);
  const as_anybody now;
  const auto why = refusal();
  EXPECT_EQ(why.code, errc::read_only);
  EXPECT_THAT(why.detail, HasSubstr(options.path + "-lock"));
}

}  // namespace
}  // namespace evd::test
