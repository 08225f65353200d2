// What the documents of each collection look like, frozen: a change of one is a new schema version.
#include "store/mongo/documents.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <evd/json.hpp>

#include "store/mongo/dead_letter_writes.hpp"
#include "store/mongo/schema.hpp"

namespace evd::store_mongo {
namespace {

template <class Id>
Id made_id(std::uint8_t last) {
  return Id{id{{0x62, 0x23, 0x03, 0x73, 0x36, 0x28, 0xc9, 0x02, 0xf1, 0x33, 0x00, last}}};
}

timestamp time_at(int microseconds) {
  return timestamp{std::chrono::microseconds{1'772'712'000'000'000 + microseconds}};
}

constexpr log_position position{1'772'700'000'000'000, 42};

command_record command() {
  command_record record;
  record.id = made_id<command_id>(1);
  record.name = "userUpdateNames";
  record.module = "User";
  record.input.text = R"({"id":"u1","firstName":"Ada","age":36})";
  record.caller = "u1";
  record.source = "http";
  record.accepted_at = time_at(123'456);
  record.time_limit = std::chrono::seconds{60};
  record.headers = {{"traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}};
  return record;
}

command_outcome_record command_outcome() {
  command_outcome_record record;
  record.command = made_id<command_id>(1);
  record.module = "User";
  record.name = "userUpdateNames";
  record.status = command_status::failed;
  record.ended_at = time_at(125'956);
  record.duration = std::chrono::microseconds{2'500};
  record.result.text = R"({"code":"handler_failed"})";
  record.failure = failure{"std::logic_error", "no such user", "frame 1\nframe 2"};
  record.published = {made_id<event_id>(2)};
  record.instance = "host-1";
  return record;
}

event_record event() {
  event_record record;
  record.id = made_id<event_id>(2);
  record.subject = "User.nameUpdated";
  record.version = 2;
  record.command = made_id<command_id>(1);
  record.parents = {made_id<id>(1)};
  record.linked = {made_id<command_id>(9)};
  record.module = "User";
  record.subscription = "rename";
  record.key = "u1";
  record.time = time_at(124'000);
  record.not_before = time_at(1'124'001);
  record.headers = {{"ce-x", "1"}};
  record.data.text =
      R"({"userId":"u1","tags":["a","b"],"score":0.5,"visits":9007199254740993,"address":{"city":"Kiel"}})";
  return record;
}

attempt_record attempt() {
  attempt_record record;
  record.event = made_id<event_id>(2);
  record.command = made_id<command_id>(1);
  record.subject = "User.nameUpdated";
  record.module = "Comment";
  record.subscription = "updateAuthor";
  record.number = 3;
  record.failure = {"std::runtime_error", "Test Error!!", ""};
  record.started_at = time_at(130'001);
  record.duration = std::chrono::microseconds{700};
  record.retry_at = time_at(2'000'000);
  record.instance = "host-1";
  return record;
}

outcome_record outcome() {
  outcome_record record;
  record.event = made_id<event_id>(2);
  record.command = made_id<command_id>(1);
  record.subject = "User.nameUpdated";
  record.module = "Blog";
  record.subscription = "updateAuthor";
  record.started_at = time_at(130'000);
  record.duration = std::chrono::microseconds{1'500};
  record.published = {made_id<event_id>(3), made_id<event_id>(4)};
  record.instance = "host-1";
  return record;
}

dead_letter letter() {
  dead_letter it;
  dead_letter_record record;
  record.id = made_id<dead_letter_id>(5);
  record.event = made_id<event_id>(2);
  record.command = made_id<command_id>(1);
  record.subject = "User.nameUpdated";
  record.module = "Comment";
  record.subscription = "updateAuthor";
  record.attempts = 5;
  record.failure = {"std::runtime_error", "Test Error!!", ""};
  record.at = time_at(500'000);
  record.instance = "host-1";
  open(it, record, position);
  change(it, {record.id, dead_letter_status::dismissed, time_at(900'007), "ada"}, {position.epoch, 50},
         asked_by::person);
  it.revision = 2;
  return it;
}

subscription_record subscription() {
  subscription_record record;
  record.module = "Blog";
  record.name = "updateAuthor";
  record.filters = {"User.nameUpdated"};
  record.ack_wait = std::chrono::seconds{30};
  record.time_limit = std::chrono::minutes{10};
  record.concurrency = 16;
  record.registered_at = time_at(0);
  return record;
}

std::string json_of(const document& from) {
  std::size_t length = 0;
  char* text = bson_as_canonical_extended_json(from.get(), &length);
  const std::string json(text, length);
  bson_free(text);
  return pretty_json(json) + '\n';
}

void expect_golden(const std::string& name, const std::string& said) {
  const auto path = std::filesystem::path(EVD_GOLDEN_DIR) / name;
  if (std::getenv("EVD_APPROVE") != nullptr) {
    std::ofstream(path) << said;
    return;
  }
  std::stringstream golden;
  golden << std::ifstream(path).rdbuf();
  EXPECT_EQ(said, golden.str()) << path << "; tests/golden/approve writes it anew";
}

TEST(store_documents, are_those_of_the_release) {
  document_maker maker(std::chrono::hours{24} * 90);
  const auto closed = command_outcome();
  expect_golden("commands.json", json_of(maker.command(command(), position, &closed, {position.epoch, 43})));
  expect_golden("commands-accepted.json", json_of(maker.command(command(), position, nullptr, {})));
  expect_golden("events.json", json_of(maker.event(event(), position, true)));
  expect_golden("attempts.json", json_of(maker.attempt(attempt())));
  expect_golden("outcomes.json", json_of(maker.outcome(outcome())));
  expect_golden("dead_letters.json", json_of(dead_letter_document(letter(), made_id<dead_letter_id>(5), maker)));
  expect_golden("subscriptions.json", json_of(maker.subscription(subscription(), position)));
  expect_golden(
      "quarantine.json",
      json_of(maker.quarantined(
          {position, "event", {R"({"id":"?"})"}, {errc::invalid_input, "decode", "no id", "", {}}, time_at(0)})));
}

TEST(store_documents, indexes_are_those_of_the_release) {
  std::string all;
  for (const auto& each : indexes()) {
    all += std::string(each.collection) + '.' + std::string(each.name) + ':';
    for (const auto& [member, direction] : each.keys) {
      all += ' ' + std::string(member) + (direction > 0 ? "+" : "-");
    }
    if (!each.only_where.empty()) all += " where " + std::string(each.only_where);
    all += '\n';
  }
  expect_golden("indexes.txt", all);
}

TEST(store_documents, come_back_as_the_records_they_were) {
  document_maker maker(std::chrono::milliseconds{0});
  const auto closed = command_outcome();
  const auto read = read_command(*maker.command(command(), position, &closed, {}).get());
  EXPECT_EQ(read.command, command());
  EXPECT_EQ(read.status, command_status::failed);
  EXPECT_EQ(read.outcome, closed);
  const auto found = read_event(*maker.event(event(), position, false).get());
  EXPECT_EQ(found.event, event());
  EXPECT_EQ(found.position, position);
  EXPECT_EQ(read_record<attempt_record>(*maker.attempt(attempt()).get()), attempt());
  EXPECT_EQ(read_record<outcome_record>(*maker.outcome(outcome()).get()), outcome());
  EXPECT_EQ(read_record<subscription_record>(*maker.subscription(subscription(), position).get()), subscription());
  const auto dead = read_dead_letter(*dead_letter_document(letter(), made_id<dead_letter_id>(5), maker).get());
  EXPECT_EQ(dead.record, letter().record);
  EXPECT_EQ(dead.changed_at, letter().changed_at);
  EXPECT_EQ(dead.changed_by, "ada");
  EXPECT_EQ(dead.revision, 2);
}

TEST(store_documents, text_that_is_not_utf_8_is_mended_and_headers_of_any_name_are_kept) {
  document_maker maker(std::chrono::milliseconds{0});
  auto failed = attempt();
  failed.failure.message = "caf\xe9";
  EXPECT_EQ(read_record<attempt_record>(*maker.attempt(failed).get()).failure.message, "caf\xEF\xBF\xBD");
  auto odd = event();
  odd.headers = {{"$a", "1"}, {"b.c", "2"}, {"plain", "3"}};
  EXPECT_EQ(read_event(*maker.event(odd, position, false).get()).event.headers, odd.headers);
  odd.time = timestamp{std::chrono::microseconds{-1}};
  EXPECT_EQ(read_event(*maker.event(odd, position, false).get()).event.time, odd.time) << "before 1970";
}

TEST(store_documents, attempts_are_told_apart_by_what_makes_them_different) {
  auto other = attempt();
  EXPECT_EQ(attempt_id(other), attempt_id(attempt()));
  other.number = 4;
  EXPECT_NE(attempt_id(other), attempt_id(attempt()));
  other = attempt();
  other.started_at += std::chrono::microseconds{1};
  EXPECT_NE(attempt_id(other), attempt_id(attempt())) << "an ordered one counts from 1 again";
  other = attempt();
  other.subscription = "other";
  EXPECT_NE(attempt_id(other), attempt_id(attempt()));
}

}  // namespace
}  // namespace evd::store_mongo
