// Commands that read, on the scene: tables against golden files, JSON by parsing it.
#include <regex>

#include <gmock/gmock.h>

#include <evd/json.hpp>
#include <evd/port/store.hpp>

#include "cli_test.hpp"

namespace evd::test {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

class reading : public cli_with_scene {
 protected:
  /// What `words` print, which must succeed.
  std::string said(const std::vector<std::string>& words) const {
    const auto answer = run(words);
    EXPECT_EQ(answer.exit_code, 0) << answer.err;
    return answer.out;
  }
};

TEST_F(reading, status_begins_with_what_needs_attention) {
  auto text = replaced(said({"status"}), file(), "evd.db");
  text = std::regex_replace(text, std::regex("(size +)[^\n]*"), "$1SIZE");
  text = std::regex_replace(text, std::regex("(position +)[^\n]*"), "$1POSITION");
  text = std::regex_replace(text, std::regex("(engine +)[^\n]*"), "$1ENGINE");
  expect_golden("status", text);
  EXPECT_EQ(run({"status", "--check"}).exit_code, 1);
}

TEST_F(reading, lists_are_tables_that_fit) {
  expect_golden("subjects", said({"subjects"}));
  expect_golden("events-list", said({"events", "list"}));
  expect_golden("events-list-utc", said({"events", "list", "--utc", "--subject", "Blog.*"}));
  expect_golden("commands-list", said({"commands", "list"}));
  expect_golden("dlq-list", said({"dlq", "list"}));
  expect_golden("subscriptions-list", said({"subscriptions", "list"}));
}

TEST_F(reading, pages_show_everything_about_one_thing) {
  expect_golden("events-show", said({"events", "show", ids_.name_updated.to_string()}));
  expect_golden("commands-show", said({"commands", "show", ids_.refused.to_string()}));
  expect_golden("dlq-show", said({"dlq", "show", dead_letter()}));
  expect_golden("subscriptions-show", said({"subscriptions", "show", "Comment.updateUser"}));
}

TEST_F(reading, a_chain_is_a_tree_from_any_of_its_ids) {
  const auto tree = said({"chain", "show", ids_.renamed.to_string()});
  expect_golden("chain-show", tree);
  EXPECT_EQ(said({"chain", "show", ids_.user_updated.to_string()}), tree);
  EXPECT_THAT(said({"chain", "show", ids_.renamed.to_string(), "--color=always"}), HasSubstr("\x1b[31m"));
}

TEST_F(reading, a_delivery_is_explained_in_words) {
  expect_golden("inspect-handled", said({"inspect", "delivery", ids_.name_updated.to_string(), "Blog.updateAuthor"}));
  expect_golden("inspect-dead-letter",
                said({"inspect", "delivery", ids_.name_updated.to_string(), "Comment.updateUser"}));
  expect_golden("inspect-pending", said({"inspect", "delivery", ids_.waiting.to_string(), "Blog.count"}));
  expect_golden("inspect-not-for-it", said({"inspect", "delivery", ids_.waiting.to_string(), "Blog.updateAuthor"}));
}

TEST_F(reading, lists_in_json_are_one_object_a_line) {
  const auto events = lines_of(said({"events", "list", "--json"}));
  ASSERT_THAT(events, SizeIs(3));
  const auto newest = from_json<port::event_document>(events.front());
  ASSERT_TRUE(newest) << newest.error().to_string();
  EXPECT_EQ(newest->event.id, ids_.waiting);
  const auto letter = from_json<port::dead_letter_document>(said({"dlq", "list", "--json"}));
  ASSERT_TRUE(letter) << letter.error().to_string();
  EXPECT_EQ(letter->dead_letter.failure.message, "Test Error!!");
  const auto lists = std::vector<std::vector<std::string>>{
      {"commands", "list"}, {"subjects"}, {"subscriptions", "list"}, {"events", "list", "--failed"}};
  for (auto words : lists) {
    words.emplace_back("--json");
    for (const auto& line : lines_of(said(words))) EXPECT_TRUE(check_json(line)) << line;
  }
}

TEST_F(reading, everything_else_in_json_is_one_document) {
  const auto chain = from_json<port::chain_document>(said({"chain", "show", ids_.renamed.to_string(), "--json"}));
  ASSERT_TRUE(chain) << chain.error().to_string();
  EXPECT_THAT(chain->events, SizeIs(2));
  EXPECT_THAT(chain->attempts, SizeIs(5));
  const auto event = ids_.name_updated.to_string();
  for (auto words : std::vector<std::vector<std::string>>{{"status"},
                                                          {"events", "show", event},
                                                          {"commands", "show", ids_.refused.to_string()},
                                                          {"dlq", "show", dead_letter()},
                                                          {"subscriptions", "show", "Blog.count"},
                                                          {"inspect", "delivery", event, "Blog.updateAuthor"}}) {
    words.emplace_back("--json");
    const auto document = said(words);
    EXPECT_TRUE(check_json(document)) << document;
  }
}

TEST_F(reading, filters_choose) {
  EXPECT_THAT(lines_of(said({"events", "list", "--json", "--subject", "User.*"})), SizeIs(1));
  EXPECT_THAT(lines_of(said({"events", "list", "--json", "--since", "2m"})), SizeIs(1));
  EXPECT_THAT(lines_of(said({"events", "list", "--json", "--until", "2026-03-05T11:58:00Z"})), SizeIs(2));
  EXPECT_THAT(lines_of(said({"events", "list", "--json", "--failed"})), SizeIs(1));
  EXPECT_THAT(lines_of(said({"events", "list", "--json", "--command", ids_.renamed.to_string()})), SizeIs(2));
  EXPECT_THAT(lines_of(said({"commands", "list", "--json", "--status", "rejected"})), SizeIs(1));
  EXPECT_THAT(lines_of(said({"commands", "list", "--json", "--name", "postRead"})), SizeIs(1));
  EXPECT_THAT(lines_of(said({"dlq", "list", "--json", "--subscription", "Comment.updateUser"})), SizeIs(1));
  EXPECT_EQ(said({"dlq", "list", "--json", "--module", "Blog"}), "");
  EXPECT_EQ(said({"dlq", "list", "--json", "--status", "dismissed"}), "");
}

TEST_F(reading, pages_follow_one_another) {
  const auto first = run({"events", "list", "--limit", "2", "--utc"});
  EXPECT_THAT(lines_of(first.out), SizeIs(3));
  std::smatch cursor;
  ASSERT_TRUE(std::regex_search(first.err, cursor, std::regex("--after (\\S+)"))) << first.err;
  EXPECT_THAT(lines_of(said({"events", "list", "--json", "--after", cursor[1]})), SizeIs(1));
  EXPECT_THAT(lines_of(said({"events", "list", "--json", "--oldest-first", "--limit", "1"})).front(),
              HasSubstr(ids_.name_updated.to_string()));
}

TEST_F(reading, what_is_not_there_ends_with_3) {
  const std::string none = "0123456789abcdef01234567";
  for (const auto& words : std::vector<std::vector<std::string>>{{"events", "show", none},
                                                                 {"commands", "show", none},
                                                                 {"chain", "show", none},
                                                                 {"dlq", "show", none},
                                                                 {"dlq", "retry", none},
                                                                 {"subscriptions", "show", "Comment.updateUsr"},
                                                                 {"inspect", "delivery", none, "Blog.count"}}) {
    const auto answer = run(words);
    EXPECT_EQ(answer.exit_code, 3) << words[0] << ' ' << words[1] << ": " << answer.err;
    EXPECT_EQ(answer.out, "");
  }
  EXPECT_THAT(run({"subscriptions", "show", "Comment.updateUsr"}).err, HasSubstr("did you mean 'Comment.updateUser'?"));
}

TEST_F(reading, wrong_values_end_with_2_and_are_named) {
  for (const auto& words : std::vector<std::vector<std::string>>{{"events", "show", "xyz"},
                                                                 {"events", "list", "--since", "xyz"},
                                                                 {"events", "list", "--subject", "xyz. "},
                                                                 {"commands", "list", "--status", "xyz"},
                                                                 {"subscriptions", "show", "xyz"}}) {
    const auto answer = run(words);
    EXPECT_EQ(answer.exit_code, 2) << words[0] << ' ' << words[1];
    EXPECT_THAT(answer.err, HasSubstr("xyz"));
  }
}

TEST_F(reading, a_reader_that_goes_away_is_no_error) {
  {
    const auto engine = open(file());
    publish_many(engine->log(), 3000);
  }
  const auto answer = shell("$EVD events list --limit 0 --json | head -1; echo ${PIPESTATUS[0]}");
  EXPECT_THAT(lines_of(answer.out), SizeIs(2));
  EXPECT_EQ(lines_of(answer.out).back(), "0");
  EXPECT_EQ(answer.err, "");
  EXPECT_THAT(lines_of(said({"events", "list", "--limit", "0", "--json"})), SizeIs(3003)) << "all pages";
}

TEST_F(reading, a_pipe_gets_whole_values_when_no_width_is_known) {
  environment_.erase("COLUMNS");
  EXPECT_THAT(said({"events", "list"}), HasSubstr(R"({"userId":"u1","firstName":"Ada","lastName":"Lovelace"})"));
}

TEST_F(reading, a_file_that_may_only_be_read_is_enough) {
  const auto before = std::filesystem::last_write_time(file());
  std::ignore = said({"status"});
  std::ignore = said({"events", "list"});
  EXPECT_EQ(std::filesystem::last_write_time(file()), before);
}

}  // namespace
}  // namespace evd::test
