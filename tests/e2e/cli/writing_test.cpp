// Commands that write: what they say, and what the log has afterwards.
#include <condition_variable>
#include <csignal>
#include <mutex>

#include <gmock/gmock.h>

#include <evd/json.hpp>

#include "cli_test.hpp"

namespace evd::test {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::SizeIs;

/// Takes part in a subscription as an application would, and keeps what comes.
class member {
 public:
  member(port::log& log, const subscription_record& what)
      : part_(log.subscribe(what,
                            [this](std::vector<port::delivery> arrived) {
                              const std::lock_guard lock(mutex_);
                              for (auto& each : arrived) arrived_.push_back(std::move(each));
                              changed_.notify_all();
                            })
                  .value()) {
    part_->request(10);
  }
  port::delivery first() {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, 20s, [&] { return !arrived_.empty(); }));
    return arrived_.at(0);
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<port::delivery> arrived_;
  std::unique_ptr<port::consumer> part_;
};

class writing : public cli_with_scene {};

TEST_F(writing, a_retry_reaches_the_application_as_the_next_attempt) {
  const auto engine = open(file());
  const auto answer = run({"dlq", "retry", dead_letter(), "--by", "grace"});
  EXPECT_EQ(answer.exit_code, 0) << answer.err;
  EXPECT_THAT(answer.out, HasSubstr("retrying  attempt 6 is due now"));
  const auto letter = engine->store().dead_letter(ids_.dead_letter).value();
  EXPECT_EQ(letter->status, dead_letter_status::retrying);
  EXPECT_EQ(letter->changed_by, "grace");
  member comment(engine->log(), subscription("Comment", "updateUser", "User.nameUpdated"));
  const auto again = comment.first();
  EXPECT_EQ(again.attempt, 6U);
  EXPECT_EQ(std::get<std::shared_ptr<const event_record>>(again.item)->id, ids_.name_updated);
}

TEST_F(writing, a_retry_that_waits_already_is_not_added_again) {
  EXPECT_EQ(run({"dlq", "retry", ids_.name_updated.to_string()}).exit_code, 0) << "the event's id will do";
  const auto again = run({"dlq", "retry", dead_letter()});
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_THAT(again.out, HasSubstr("one is waiting already: attempt 6"));
  const auto why = run({"inspect", "delivery", ids_.name_updated.to_string(), "Comment.updateUser"});
  EXPECT_THAT(why.out, HasSubstr("waiting for a retry"));
}

TEST_F(writing, retrying_all_asks_first) {
  const auto unasked = run({"dlq", "retry", "--all"});
  EXPECT_EQ(unasked.exit_code, 2);
  EXPECT_THAT(unasked.err, HasSubstr("add --yes"));
  const auto answer = run({"dlq", "retry", "--all", "--module", "Comment", "--yes", "--json"});
  EXPECT_EQ(answer.exit_code, 0);
  EXPECT_TRUE(check_json(answer.out)) << answer.out;
  EXPECT_THAT(answer.out, HasSubstr(R"("action":"retrying","attempt":6)"));
  EXPECT_EQ(run({"dlq", "retry", "--all", "--yes"}).exit_code, 0) << "nothing to do is no failure";
}

TEST_F(writing, choosing_without_all_is_refused) {
  EXPECT_EQ(run({"dlq", "retry", "--module", "Comment"}).exit_code, 2);
  EXPECT_EQ(run({"dlq", "retry"}).exit_code, 2);
  EXPECT_EQ(run({"dlq", "retry", dead_letter(), "--all"}).exit_code, 2);
}

TEST_F(writing, dismissing_closes_a_dead_letter_once) {
  EXPECT_EQ(run({"dlq", "dismiss", dead_letter()}).exit_code, 0);
  EXPECT_THAT(run({"dlq", "list", "--status", "dismissed"}).out, HasSubstr(dead_letter()));
  const auto again = run({"dlq", "dismiss", dead_letter()});
  EXPECT_EQ(again.exit_code, 1);
  EXPECT_THAT(again.out, HasSubstr("it is dismissed already"));
}

TEST_F(writing, publish_records_a_command_and_its_event) {
  const auto answer = run({"publish", "Blog.postRead", R"({"postId": "p2"})", "--version", "2", "--json"});
  ASSERT_EQ(answer.exit_code, 0) << answer.err;
  const auto listed = lines_of(run({"events", "list", "--json", "--limit", "1"}).out);
  const auto event = from_json<port::event_document>(listed.at(0)).value().event;
  EXPECT_EQ(event.version, 2U);
  EXPECT_EQ(event.data.text, R"({"postId":"p2"})");
  const auto engine = open(file());
  const auto command = engine->store().command(event.command).value();
  ASSERT_TRUE(command);
  EXPECT_EQ(command->command.name, "publish");
  EXPECT_EQ(command->command.source, "cli");
  EXPECT_EQ(command->status, command_status::succeeded);
  EXPECT_THAT(answer.out, HasSubstr(event.id.to_string()));
}

TEST_F(writing, data_come_from_standard_input_and_files_too) {
  EXPECT_EQ(run({"publish", "Blog.postRead", "-"}, R"({"postId":"from stdin"})").exit_code, 0);
  EXPECT_THAT(run({"events", "list", "--limit", "1", "--json"}).out, HasSubstr("from stdin"));
  const auto path = (folder() / "data.json").string();
  std::ofstream(path) << R"({"postId":"from a file"})";
  EXPECT_EQ(run({"publish", "Blog.postRead", "@" + path}).exit_code, 0);
  EXPECT_THAT(run({"events", "list", "--limit", "1", "--json"}).out, HasSubstr("from a file"));
  EXPECT_EQ(run({"publish", "Blog.postRead", "@/nowhere.json"}).exit_code, 2);
}

TEST_F(writing, the_same_key_is_published_once) {
  EXPECT_EQ(run({"publish", "Blog.postRead", "{}", "--key", "k"}).exit_code, 0);
  const auto again = run({"publish", "Blog.postRead", "{}", "--key", "k"});
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_THAT(again.out, HasSubstr("was there already"));
  EXPECT_THAT(lines_of(run({"events", "list", "--json"}).out), SizeIs(4));
}

TEST_F(writing, a_wrong_subject_or_json_changes_nothing) {
  EXPECT_EQ(run({"publish", "Blog.*", "{}"}).exit_code, 2);
  EXPECT_EQ(run({"publish", "Blog", "{}"}).exit_code, 2);
  const auto answer = run({"publish", "Blog.postRead", "{\"postId\":"});
  EXPECT_EQ(answer.exit_code, 2);
  EXPECT_THAT(answer.err, HasSubstr("- reads standard input"));
  EXPECT_THAT(lines_of(run({"commands", "list", "--json"}).out), SizeIs(3));
}

TEST_F(writing, a_call_waits_for_the_applications_answer) {
  const auto engine = open(file());
  member user(engine->log(), subscription("User", "userRegister", "userRegister", subscription_kind::command));
  const auto caller = start({"call", "userRegister", R"({"email":"ada@example.org"})"});
  const auto given = user.first();
  const auto command = std::get<std::shared_ptr<const command_record>>(given.item);
  EXPECT_EQ(command->mode, command_mode::durable);
  command_outcome_record outcome;
  outcome.command = command->id;
  outcome.module = command->module;
  outcome.name = command->name;
  outcome.result = {R"({"userId":"u7"})"};
  outcome.ended_at = command->accepted_at;
  port::write what;
  what.journal.emplace_back(outcome);
  what.acknowledged.push_back(given.token);
  commit(engine->log(), std::move(what));
  const auto answer = caller->wait();
  EXPECT_EQ(answer.exit_code, 0) << answer.err;
  EXPECT_THAT(answer.out, HasSubstr(R"("userId": "u7")"));
  EXPECT_THAT(answer.err, HasSubstr("evd chain show " + command->id.to_string()));
}

TEST_F(writing, a_call_that_nobody_takes_up_ends_with_5_and_stays_recorded) {
  const auto answer = run({"call", "userRegister", "{}", "--timeout", "50ms"});
  EXPECT_EQ(answer.exit_code, 5);
  EXPECT_THAT(answer.err, HasSubstr("no application has taken it up yet"));
  EXPECT_THAT(run({"commands", "list", "--status", "accepted"}).out, HasSubstr("userReg"));
}

TEST_F(writing, a_call_of_an_unknown_command_is_not_recorded) {
  const auto answer = run({"call", "userRegistr", "{}"});
  EXPECT_EQ(answer.exit_code, 3);
  EXPECT_THAT(answer.err, HasSubstr("did you mean 'userRegister'?"));
  EXPECT_THAT(lines_of(run({"commands", "list", "--json"}).out), SizeIs(3));
}

TEST_F(writing, tail_follows_and_ends_on_a_signal) {
  const auto tail = start({"events", "tail", "--subject", "Blog.>"});
  ASSERT_TRUE(tail->wait_for("waiting for events"));
  EXPECT_EQ(run({"publish", "User.other", R"({"not":"wanted"})"}).exit_code, 0);
  EXPECT_EQ(run({"publish", "Blog.postRead", R"({"postId":"p9"})"}).exit_code, 0);
  ASSERT_TRUE(tail->wait_for("p9"));
  tail->signal(SIGINT);
  const auto ended = tail->wait();
  EXPECT_EQ(ended.exit_code, 0);
  EXPECT_THAT(lines_of(ended.out), SizeIs(1)) << "neither older events nor other subjects";
}

}  // namespace
}  // namespace evd::test
