// What is particular to stores in MongoDB: indexes, expiry, what servers refuse, versions.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <thread>

#include <evd/testing/inbox.hpp>

#include "mongo_scene.hpp"
#include "store/mongo/finds.hpp"
#include "store/mongo/schema.hpp"

namespace evd::testing {
namespace {

using store_mongo::document;
using store_mongo::store_mode;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

class mongo_particular : public mongo_scene {
 protected:
  [[nodiscard]] bool has_ttl_indexes() const { return GetParam() != mongo_kind::ferretdb; }
  [[nodiscard]] static bool eventually(const std::function<bool()>& holds) {
    const auto until = std::chrono::steady_clock::now() + 2 * patience;
    while (!holds()) {
      if (std::chrono::steady_clock::now() > until) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds{50});  // between two looks at the condition
    }
    return true;
  }
  void apply(port::store& store, std::vector<port::change> changes) {
    std::vector<port::positioned_change> placed;
    for (auto& each : changes) placed.push_back({{epoch, ++sequence_}, std::move(each)});
    const auto done = store.apply(placed, {{epoch, sequence_}, {}});
    ASSERT_TRUE(done) << done.error().to_string();
  }
  std::uint64_t sequence_ = 0;
};
INSTANTIATE_TEST_SUITE_P(mongo, mongo_particular, ::testing::ValuesIn(mongo_server::kinds()), kind_name);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(mongo_particular);

TEST_P(mongo_particular, every_query_of_the_console_is_served_by_an_index) {
  if (GetParam() == mongo_kind::ferretdb) GTEST_SKIP() << "FerretDB 1.24 has indexes and scans all the same";
  const auto store = open();
  for (int i = 0; i < 50; ++i) {
    const auto command = make_command();
    const auto event = make_event("User.nameUpdated", command.id);
    const auto by = make_subscription();
    apply(*store,
          {port::insert_command{command}, port::insert_event{event}, port::insert_attempt{make_attempt(event, by)},
           port::insert_outcome{make_outcome(event, by)}, port::open_dead_letter{make_dead_letter(event, by)}});
  }
  const port::page_request first;
  const port::page_request second{.after = std::to_string(epoch) + ":40"};
  const auto chain = command_id{fresh_id()};
  const std::vector<event_id> events{event_id{fresh_id()}, event_id{fresh_id()}};
  using namespace store_mongo;
  const std::vector<std::pair<std::string, find_specs>> finds{
      {"a command", {by_id(collections::commands, chain)}},
      {"commands", *commands_page({}, first)},
      {"commands, next page", *commands_page({}, second)},
      {"commands of a name", *commands_page({.name = "userUpdateNames"}, first)},
      {"commands of a module", *commands_page({.module = "User"}, first)},
      {"commands that failed", *commands_page({.status = command_status::failed}, first)},
      {"events", *events_page({}, first)},
      {"events, next page", *events_page({}, second)},
      {"events of a subject", *events_page({.subject = "User.nameUpdated"}, first)},
      {"events of a module", *events_page({.subject = "User.>"}, first)},
      {"events of a command", *events_page({.command = chain}, first)},
      {"events that failed", *events_page({.failed_only = true}, first)},
      {"a chain's events", {chain_events(chain)}},
      {"events linked to a chain", {linked_events(chain)}},
      {"attempts", {of_events(collections::attempts, events)}},
      {"outcomes", {of_events(collections::outcomes, events)}},
      {"an event's dead letters", {of_events(collections::dead_letters, events)}},
      {"dead letters", *dead_letters_page({}, first)},
      {"dead letters, next page", *dead_letters_page({}, {.after = "5:" + chain.to_string()})},
      {"open dead letters", *dead_letters_page({.status = dead_letter_status::open}, first)},
  };
  for (const auto& [name, specs] : finds) {
    for (const auto& find : specs) {
      document what;
      what.text("find", find.collection).nested("filter", find.filter).all_of(find.options);
      document explain;
      explain.nested("explain", what).text("verbosity", "queryPlanner");
      const auto plan = reply(explain);
      EXPECT_THAT(plan, AnyOf(HasSubstr("IXSCAN"), HasSubstr("IDHACK"), HasSubstr("EXPRESS"))) << name;
      EXPECT_THAT(plan, Not(HasSubstr("COLLSCAN"))) << name;
    }
  }
}

TEST_P(mongo_particular, documents_expire_by_the_server_or_by_us_as_the_log_says) {
  const auto store = open("evdKeep=1h");
  const auto lines = log_.lines();
  document list;
  list.text("listIndexes", "events");
  const auto indexes = reply(list);
  if (has_ttl_indexes()) {
    EXPECT_THAT(lines, Contains(HasSubstr("the server removes documents when they expire")));
    EXPECT_THAT(indexes, HasSubstr("expireAfterSeconds"));
    return;
  }
  EXPECT_THAT(lines, Contains(HasSubstr("no TTL indexes: this instance removes")));
  EXPECT_THAT(indexes, Not(HasSubstr("expireAfterSeconds")));
}

TEST_P(mongo_particular, what_an_open_dead_letter_needs_does_not_expire) {
  if (has_ttl_indexes()) GTEST_SKIP() << "the server removes once a minute at most; the sweeper shows the same here";
  const auto store = open("evdKeep=1h");
  const auto by = make_subscription();
  auto old = make_event();
  old.time -= std::chrono::hours{2};
  auto needed = old;
  needed.id = event_id{fresh_id()};
  const auto recent = make_event();
  const auto letter = make_dead_letter(needed, by);
  apply(*store, {port::open_dead_letter{letter}});  // before its event
  apply(*store, {port::insert_event{old}, port::insert_event{needed}, port::insert_event{recent}});
  EXPECT_TRUE(eventually([&] { return !*store->event(old.id); })) << "the old one goes";
  EXPECT_TRUE(*store->event(recent.id));
  EXPECT_TRUE(*store->event(needed.id));
  EXPECT_TRUE(*store->dead_letter(letter.id));
  apply(
      *store,
      {port::change_dead_letter{{letter.id, dead_letter_status::dismissed, present() - std::chrono::hours{2}, "ada"}}});
  EXPECT_TRUE(eventually([&] { return !*store->event(needed.id) && !*store->dead_letter(letter.id); }))
      << "dismissed long ago: they go now";
  EXPECT_TRUE(*store->event(recent.id));
}

TEST_P(mongo_particular, data_of_any_form_come_back_as_they_were) {
  const auto store = open();
  std::vector<event_record> events;
  for (const std::string data :
       {R"({"nested":[[1,[2]],[]],"a":1})", R"({"$set":{"a.b":1},"c":2})", R"({"a":-0.0})", R"({"a": [ 1.50, 1e2 ] })",
        R"({"n":18446744073709551615})", R"({"t":"zero \u0000 inside"})", R"({"":1})", R"({"a":1,"a":2})", "5", "null",
        R"([9223372036854775807,0.1,5e-324])", R"({"ref":{"$ref":"x","$id":1}})"}) {
    events.push_back(make_event());
    events.back().data.text = data;
    events.back().headers = {{"$odd.name", "1"}};
    apply(*store, {port::insert_event{events.back()}});
  }
  for (const auto& each : events) {
    const auto found = store->event(each.id);
    ASSERT_TRUE(found && *found) << each.data.text;
    EXPECT_EQ((*found)->event, each);
  }
}

TEST_P(mongo_particular, what_is_too_large_is_refused_before_anything_is_written_and_can_be_set_aside) {
  const auto store = open();
  auto large = make_event();
  large.data.text = '"' + std::string(17U << 20U, 'x') + '"';
  const auto small = make_event();
  const std::vector<port::positioned_change> changes{{{epoch, 1}, port::insert_event{small}},
                                                     {{epoch, 2}, port::insert_event{large}}};
  const auto refused = store->apply(changes, {{epoch, 2}, {}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errc::invalid_input) << refused.error().to_string();
  EXPECT_EQ(store->totals()->events, 0U);
  EXPECT_EQ(*store->recorded(), log_cursor{});
  ASSERT_TRUE(store->quarantine({{epoch, 2}, "event", large.data, refused.error(), present()}));
  EXPECT_EQ(store->totals()->quarantined, 1U);
  ASSERT_TRUE(store->apply({changes.data(), 1}, {{epoch, 2}, {}}));
  EXPECT_EQ(store->totals()->events, 1U);
}

TEST_P(mongo_particular, an_empty_database_is_made_by_an_application_alone) {
  for (const auto mode : {store_mode::existing, store_mode::read_only}) {
    const auto refused = try_open("", mode);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, errc::not_found) << refused.error().to_string();
    EXPECT_THAT(refused.error().detail, HasSubstr("/evd"));
  }
  (void)open();
  const auto reader = open("", store_mode::read_only);
  EXPECT_TRUE(reader->totals());
  const auto written = reader->apply({}, {{epoch, 1}, {}});
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, errc::read_only);
}

TEST_P(mongo_particular, documents_of_a_newer_version_are_left_alone) {
  (void)open();
  document newer;
  newer.text("_id", "store").integer("version", store_mongo::schema_version + 1);
  document change;
  document which;
  which.text("_id", "store");
  change.nested("q", which).nested("u", newer);
  document command;
  command.text("update", "schema").list("updates", {change});
  ASSERT_THAT(reply(command), HasSubstr("\"ok\""));
  for (const auto mode : {store_mode::create, store_mode::existing, store_mode::read_only}) {
    const auto refused = try_open("", mode);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, errc::incompatible) << refused.error().to_string();
    EXPECT_THAT(refused.error().detail, HasSubstr("version 2"));
  }
}

TEST_P(mongo_particular, more_calls_than_connections_take_turns) {
  const auto store = open("maxPoolSize=2");
  std::vector<std::jthread> callers;
  for (int i = 0; i < 8; ++i) {
    callers.emplace_back([&] {
      for (int call = 0; call < 5; ++call) {
        const auto totals = store->totals();
        EXPECT_TRUE(totals) << totals.error().to_string();
      }
    });
  }
}

}  // namespace
}  // namespace evd::testing
