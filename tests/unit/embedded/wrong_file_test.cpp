// Paths that name no file of ours, and files of ours that were damaged: each is refused with what is wrong, nothing of
// it is changed, and nothing is made beside it.

#include <sys/stat.h>

#include <random>

#include "place.hpp"
#include "sqlite/database.hpp"
#include "store/embedded/embedded_store.hpp"
#include "store/embedded/schema.hpp"

namespace evd::test {
namespace {

using store_embedded::schema_version;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr auto every_mode = {opened_as::application, opened_as::tool, opened_as::read_only};

class wrong_file : public embedded_test {
 protected:
  void write_file(const std::string& bytes) const { std::ofstream(options.path, std::ios::binary) << bytes; }
  void overwrite(std::uint64_t at, const std::string& bytes) const {
    std::fstream file(options.path, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(static_cast<std::streamoff>(at));
    file << bytes;
  }
  [[nodiscard]] std::string bytes() const { return content_of(options.path); }
  /// Every mode refuses it with `code`, and leaves it as it is.
  void expect_refused(errc code, const std::string& what) const {
    const auto before = bytes();
    const auto names = folder.names();
    for (const auto mode : every_mode) {
      const auto why = refusal(mode);
      EXPECT_EQ(describe(why.code).name, describe(code).name) << why.to_string();
      EXPECT_THAT(why.detail, HasSubstr(what));
    }
    EXPECT_TRUE(bytes() == before) << "it was changed";
    EXPECT_EQ(folder.names(), names) << "something was made beside it";
  }
};

TEST_F(wrong_file, of_bytes_that_are_no_database_is_corrupt) {
  write_file(std::string(20'000, 'x'));
  expect_refused(errc::corrupt, "file is not a database");
  write_file("short");
  expect_refused(errc::corrupt, "file is not a database");
}

TEST_F(wrong_file, with_a_damaged_header_is_corrupt) {
  make_file(10);
  const auto whole = bytes();
  overwrite(0, std::string(60, '\xff'));
  for (const auto mode : every_mode) EXPECT_EQ(refusal(mode).code, errc::corrupt);
  write_file(whole);
  EXPECT_EQ(stored(must_open()->store()).size(), 10U) << "nothing was lost by trying";
}

TEST_F(wrong_file, that_was_cut_short_is_corrupt) {
  const auto ids = make_file(2'000);
  const auto whole = bytes();
  ASSERT_GT(whole.size(), 400'000U);
  for (const auto size : {whole.size() / 2, whole.size() - 4096, whole.size() / 2 + 100, std::size_t{4096}}) {
    std::filesystem::resize_file(options.path, size);
    const auto left = bytes();
    for (const auto mode : every_mode) EXPECT_EQ(refusal(mode).code, errc::corrupt) << size;
    EXPECT_TRUE(bytes() == left) << "it was changed";
    write_file(whole);
  }
  EXPECT_EQ(stored(must_open()->store()), ids);
}

TEST_F(wrong_file, of_another_program_is_refused) {
  {
    sqlite::database other(options.path, sqlite::open_as::create);
    other.execute("CREATE TABLE people (name TEXT); INSERT INTO people VALUES ('Ada')");
  }
  expect_refused(errc::corrupt, "it is an SQLite file of another program");
  sqlite::database(options.path, sqlite::open_as::existing).execute("PRAGMA application_id=77");
  expect_refused(errc::corrupt, "it is an SQLite file of another program");
}

TEST_F(wrong_file, of_a_newer_schema_is_refused_with_both_versions) {
  make_file(1);
  sqlite::database(options.path, sqlite::open_as::existing)
      .execute(("PRAGMA user_version=" + std::to_string(schema_version + 4)).c_str());
  for (const auto mode : every_mode) {
    const auto why = refusal(mode);
    EXPECT_EQ(why.code, errc::incompatible);
    EXPECT_THAT(why.detail, AllOf(HasSubstr("version " + std::to_string(schema_version + 4)),
                                  HasSubstr("up to " + std::to_string(schema_version))));
    EXPECT_THAT(why.hint, HasSubstr("the build that wrote it"));
  }
}

TEST_F(wrong_file, that_is_empty_is_made_by_an_application_and_refused_to_others) {
  write_file("");
  for (const auto mode : {opened_as::tool, opened_as::read_only}) {
    const auto why = refusal(mode);
    EXPECT_EQ(why.code, errc::corrupt);
    EXPECT_THAT(why.detail, HasSubstr("there is nothing in it"));
    EXPECT_THAT(why.hint, HasSubstr("start the application once"));
  }
  EXPECT_TRUE(open());
}

TEST_F(wrong_file, that_is_a_folder_is_refused) {
  std::filesystem::create_directory(options.path);
  for (const auto mode : every_mode) {
    const auto why = refusal(mode);
    EXPECT_EQ(why.code, errc::invalid_configuration);
    EXPECT_THAT(why.detail, HasSubstr("it is a folder"));
    EXPECT_THAT(why.hint, HasSubstr(options.path + "/evd.db"));
  }
  EXPECT_THAT(folder.names(), ElementsAre("evd.db"));
}

TEST_F(wrong_file, that_is_a_pipe_is_refused_without_waiting_for_a_writer) {
  ASSERT_EQ(::mkfifo(options.path.c_str(), 0600), 0);
  for (const auto mode : every_mode) {
    const auto why = refusal(mode);
    EXPECT_EQ(why.code, errc::invalid_configuration);
    EXPECT_THAT(why.detail, HasSubstr("it is no regular file"));
  }
  EXPECT_THAT(folder.names(), ElementsAre("evd.db"));
}

TEST_F(wrong_file, in_a_folder_that_is_not_there_is_not_found_and_no_folder_is_made) {
  options.path = folder / "no/such/evd.db";
  for (const auto mode : every_mode) {
    const auto why = refusal(mode);
    EXPECT_EQ(why.code, errc::not_found);
    EXPECT_THAT(why.detail, HasSubstr("No such file or directory"));
  }
  std::ofstream(folder / "file") << "x";
  options.path = folder / "file/evd.db";
  for (const auto mode : every_mode) EXPECT_EQ(refusal(mode).code, errc::not_found);
  EXPECT_THAT(folder.names(), ElementsAre("file"));
}

TEST_F(wrong_file, that_is_not_there_is_not_made_by_tools) {
  for (const auto mode : {opened_as::tool, opened_as::read_only}) EXPECT_EQ(refusal(mode).code, errc::not_found);
  EXPECT_TRUE(folder.names().empty());
}

TEST_F(wrong_file, named_by_a_path_that_cannot_be_one_is_refused) {
  options.path = "";
  const auto none = open();
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, errc::invalid_configuration);
  EXPECT_THAT(none.error().detail, HasSubstr("/path must name a file"));
  options.path = std::string("a\0b", 3);
  EXPECT_EQ(open().error().code, errc::invalid_configuration);
}

TEST_F(wrong_file, may_have_any_name) {
  options.path = folder / "50% of #1 'quoted'?mode=ro.db";
  const auto ids = make_file(3);
  EXPECT_EQ(stored(must_open(opened_as::read_only)->store()), ids);
}

TEST_F(wrong_file, beside_a_wal_that_is_garbage_keeps_what_was_in_it) {
  const auto ids = make_file(50);
  std::ofstream(options.path + "-wal", std::ios::binary) << std::string(30'000, 'w');
  std::ofstream(options.path + "-shm", std::ios::binary) << std::string(32'768, 's');
  EXPECT_EQ(stored(must_open()->store()), ids);
}

TEST_F(wrong_file, beside_leases_that_are_garbage_keeps_what_was_in_it) {
  const auto ids = make_file(50);
  for (const std::string& garbage : {std::string(""), std::string("leases"), std::string(40'000, '\xff')}) {
    std::ofstream(options.path + "-leases", std::ios::binary | std::ios::trunc) << garbage;
    const auto opened = must_open();
    worker all(opened->log(), subscription(milliseconds(30'000), "work" + std::to_string(garbage.size())));
    EXPECT_TRUE(all.wait_for(ids.size()));
  }
}

TEST_F(wrong_file, whose_middle_is_damaged_says_so_while_it_works_and_is_whole_again_from_a_copy) {
  const auto ids = make_file(2'000);
  const auto whole = bytes();
  overwrite(whole.size() / 4 / 4096 * 4096, std::string(whole.size() / 2, '\xa5'));
  {
    auto opened = open();
    if (!opened) {
      EXPECT_EQ(opened.error().code, errc::corrupt) << opened.error().to_string();
    } else {
      auto listed = (*opened)->store().events({}, {.limit = 5'000, .after = {}, .oldest_first = false});
      ASSERT_FALSE(listed);
      EXPECT_EQ(listed.error().code, errc::corrupt);
      EXPECT_THAT(listed.error().detail, HasSubstr(options.path));
      EXPECT_THAT(listed.error().hint, HasSubstr("restore the file from a copy"));
      // Nobody asks the log for deliveries and gets an answer: so its status, which readiness shows, has to say it.
      testing::inbox into;
      auto consumer = (*opened)->log().subscribe(subscription(), into.sink());
      if (consumer) {
        (*consumer)->request(10'000);
        EXPECT_TRUE(wait_until([&] {
          const auto status = (*opened)->log().status();
          return !status && status.error().code == errc::corrupt;
        })) << "deliveries stand still, and nobody is told";
      } else {
        EXPECT_EQ(consumer.error().code, errc::corrupt) << consumer.error().to_string();
      }
    }
  }
  std::filesystem::remove(options.path + "-wal");
  std::filesystem::remove(options.path + "-shm");
  write_file(whole);
  const auto opened = must_open();
  worker all(opened->log(), subscription());
  EXPECT_TRUE(all.wait_for(ids.size()));
  EXPECT_EQ(stored(opened->store()), ids);
}

/// What a person sees when a damaged file is used: an error that says so.
void expect_said(const error& why) {
  const auto is_one_of = {errc::corrupt, errc::incompatible, errc::invalid_input};
  EXPECT_TRUE(std::find(is_one_of.begin(), is_one_of.end(), why.code) != is_one_of.end()) << why.to_string();
  EXPECT_FALSE(why.detail.empty());
}

TEST_F(wrong_file, damaged_anywhere_never_ends_the_process) {
  make_file(200);
  const auto whole = bytes();
  const auto* given = std::getenv("EVD_TEST_SEED");
  const auto seed = given != nullptr ? std::stoull(given) : std::random_device{}();
  std::cout << "EVD_TEST_SEED=" << seed << std::endl;
  std::mt19937_64 random{seed};
  const auto up_to = [&](std::size_t most) { return static_cast<std::size_t>(random() % (most + 1)); };
  for (int round = 0; round < 60; ++round) {
    auto damaged = whole;
    for (auto times = 1 + up_to(3); times > 0; --times) {
      const auto at = up_to(damaged.size() - 1);
      const auto size = std::min(damaged.size() - at, 1 + up_to(round % 2 == 0 ? 8'000 : 8));
      for (std::size_t i = 0; i < size; ++i) damaged[at + i] = static_cast<char>(random());
    }
    for (const auto* beside : {"-wal", "-shm", "-leases"}) std::filesystem::remove(options.path + beside);
    write_file(damaged);
    auto opened = open(round % 3 == 0 ? opened_as::read_only : opened_as::application);
    if (!opened) {
      expect_said(opened.error());
      continue;
    }
    auto& log = (*opened)->log();
    auto& store = (*opened)->store();
    if (auto listed = store.events({}, {.limit = 5'000, .after = {}, .oldest_first = true}); !listed) {
      expect_said(listed.error());
    } else {
      for (const auto& each : listed->items) (void)store.chain(each.event.id);
    }
    (void)store.subjects();
    (void)store.subscriptions();
    (void)store.totals();
    (void)log.lags();
    if (round % 3 == 0) continue;
    if (auto done = publish(log, event_of_size(300)); !done) expect_said(done.error());
    testing::inbox into;
    auto consumer = log.subscribe(subscription(), into.sink());
    if (!consumer) {
      expect_said(consumer.error());
      continue;
    }
    (*consumer)->request(1'000);
    // Either deliveries come or the status says why not; some damage costs neither, and then there is nothing to do.
    (void)wait_until([&] { return into.size() >= 150 || !log.status(); }, milliseconds(1'500));
  }
}

}  // namespace
}  // namespace evd::test
