// What SQLite answers becomes this library's errors: which code, with which values, and what to do next.

#include <sys/stat.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "sqlite/database.hpp"
#include "sqlite/error.hpp"
#include "sqlite/statement.hpp"
#include "unit/sqlite/temporary_folder.hpp"

namespace evd::sqlite {
namespace {

using namespace std::chrono_literals;
using test::temporary_folder;
using testing::HasSubstr;

/// The error that `work` ends with.
template <class Work>
error error_of(Work&& work) {
  auto done = guarded([&] { (void)work(); });
  EXPECT_FALSE(done) << "it should have failed";
  return done ? error{} : done.error();
}

TEST(database, that_is_not_there_is_not_made_unless_it_may_be) {
  const temporary_folder folder;
  const auto path = folder / "a.db";
  for (const auto mode : {open_as::existing, open_as::read_only}) {
    const auto why = error_of([&] { return database(path, mode); });
    EXPECT_EQ(why.code, errc::not_found);
    EXPECT_THAT(why.detail, HasSubstr(path));
    EXPECT_THAT(why.hint, HasSubstr("check the path"));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
  database made(path, open_as::create);
  made.execute("CREATE TABLE t (x)");
  EXPECT_TRUE(std::filesystem::exists(path));
}

TEST(database, in_a_folder_that_is_not_there_says_so) {
  const temporary_folder folder;
  const auto why = error_of([&] { return database(folder / "no/such/a.db", open_as::create); });
  EXPECT_EQ(why.code, errc::not_found);
  EXPECT_THAT(why.detail, HasSubstr("No such file or directory"));
  EXPECT_THAT(why.hint, HasSubstr("its folder must exist"));
}

TEST(database, of_bytes_that_are_no_database_is_corrupt) {
  const temporary_folder folder;
  const auto path = folder / "a.db";
  std::ofstream(path) << std::string(8192, 'x');
  const auto why = error_of([&] {
    database db(path, open_as::existing);
    return db.integer("PRAGMA user_version");
  });
  EXPECT_EQ(why.code, errc::corrupt);
  EXPECT_THAT(why.detail, HasSubstr(path + ": file is not a database"));
  EXPECT_THAT(why.hint, HasSubstr("nothing was changed"));
}

TEST(database, that_has_no_room_left_says_that_it_goes_on_by_itself_and_does) {
  const temporary_folder folder;
  database db(folder / "a.db", open_as::create);
  db.execute("CREATE TABLE t (x); PRAGMA max_page_count=10");
  statement add(db, "INSERT INTO t VALUES (zeroblob(100000))");
  const auto why = error_of([&] { return add.run(); });
  EXPECT_EQ(why.code, errc::disk_full);
  EXPECT_THAT(why.hint, HasSubstr("it goes on by itself"));
  EXPECT_FALSE(db.in_transaction());
  db.execute("PRAGMA max_page_count=1000");
  EXPECT_EQ(add.run(), 1);
}

TEST(database, whose_transaction_fails_keeps_nothing_of_it) {
  const temporary_folder folder;
  database db(folder / "a.db", open_as::create);
  db.execute("CREATE TABLE t (x); PRAGMA max_page_count=10");
  (void)error_of([&] {
    transaction all(db);
    statement(db, "INSERT INTO t VALUES (1)").run();
    statement(db, "INSERT INTO t VALUES (zeroblob(100000))").run();
    all.commit();
  });
  EXPECT_EQ(db.integer("SELECT count(*) FROM t"), 0);
  transaction again(db);
  statement(db, "INSERT INTO t VALUES (1)").run();
  again.commit();
  EXPECT_EQ(db.integer("SELECT count(*) FROM t"), 1);
}

TEST(database, that_another_one_writes_is_busy_after_its_patience) {
  const temporary_folder folder;
  database one(folder / "a.db", open_as::create);
  one.execute("CREATE TABLE t (x)");
  database other(folder / "a.db", open_as::existing, 20ms);
  {
    transaction held(one);
    const auto why = error_of([&] { transaction(other).commit(); });
    EXPECT_EQ(why.code, errc::busy);
    EXPECT_EQ(describe(why.code).what_to_do, remedy::retry);
    EXPECT_THAT(why.hint, HasSubstr("another process"));
  }
  transaction free(other);
  free.commit();
}

TEST(database, opened_as_immutable_may_have_any_name) {
  const temporary_folder folder;
  const auto path = folder / "50%?mode=x#1.db";
  database(path, open_as::create).execute("CREATE TABLE t (x); INSERT INTO t VALUES (7)");
  ASSERT_TRUE(std::filesystem::exists(path));
  EXPECT_EQ(database(path, open_as::immutable).integer("SELECT x FROM t"), 7);
  EXPECT_EQ(error_of([&] { database(path, open_as::immutable).execute("DELETE FROM t"); }).code, errc::read_only);
}

TEST(statement, keeps_empty_texts_large_texts_and_bytes_as_they_are) {
  const temporary_folder folder;
  database db(folder / "a.db", open_as::create);
  db.execute("CREATE TABLE t (x)");
  statement add(db, "INSERT INTO t VALUES (?)");
  const std::string large(3'000'000, 'x');
  const std::string with_zero("a\0b", 3);
  for (const std::string_view text : {std::string_view{}, std::string_view{large}, std::string_view{with_zero}}) {
    add.run(text);
    statement find(db, "SELECT x, typeof(x) FROM t");
    auto rows = find.query();
    ASSERT_TRUE(rows.next());
    EXPECT_EQ(rows.text(0), text);
    EXPECT_EQ(rows.text(1), "text");
    db.execute("DELETE FROM t");
  }
}

TEST(statement, that_fails_can_be_run_again) {
  const temporary_folder folder;
  database db(folder / "a.db", open_as::create);
  db.execute("CREATE TABLE t (x UNIQUE)");
  statement add(db, "INSERT INTO t VALUES (?)");
  EXPECT_EQ(add.run(1), 1);
  const auto why = error_of([&] { return add.run(1); });
  EXPECT_EQ(why.code, errc::invalid_input);
  EXPECT_THAT(why.detail, HasSubstr("t.x"));
  EXPECT_EQ(add.run(2), 1);
}

TEST(errors_of_the_system, name_the_remedy) {
  struct example {
    int number;
    errc code;
  };
  for (const auto& each :
       {example{ENOSPC, errc::disk_full}, example{EDQUOT, errc::disk_full}, example{EFBIG, errc::disk_full},
        example{EACCES, errc::read_only}, example{EROFS, errc::read_only}, example{ENOENT, errc::not_found},
        example{EMFILE, errc::unavailable}, example{EIO, errc::unavailable}}) {
    const auto why = translate_errno(each.number, "open file", "/there/x.db");
    EXPECT_EQ(why.code, each.code) << std::strerror(each.number);
    EXPECT_THAT(why.detail, HasSubstr("/there/x.db: " + std::string(std::strerror(each.number))));
  }
}

}  // namespace
}  // namespace evd::sqlite
