// Ids: the same again yields the same id, anything else another one.

#include "core/ids.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>

#include "core/siphash.hpp"

namespace evd::core {
namespace {

using namespace std::chrono_literals;

constexpr timestamp noon{std::chrono::seconds{0x61234567}};

event_record made(std::string subject, std::string data, std::string key = {}) {
  event_record event;
  event.subject = std::move(subject);
  event.command = fresh_command_id(noon, 1);
  event.parents = {fresh_command_id(noon, 2)};
  event.module = "Blog";
  event.subscription = "updateAuthor";
  event.key = std::move(key);
  event.data.text = std::move(data);
  return event;
}

std::set<event_id> ids_of(const std::vector<event_record>& events) {
  std::set<event_id> ids;
  for (const auto& event : events) ids.insert(event.id);
  return ids;
}

TEST(siphash, gives_the_vectors_of_its_authors) {
  // Appendix A of the paper: key 00..0f, message 00..0e; and the reference program's first vectors.
  const std::uint64_t low = 0x0706050403020100U;
  const std::uint64_t high = 0x0f0e0d0c0b0a0908U;
  const auto of_length = [&](int length) {
    siphash hash(low, high);
    for (int i = 0; i < length; ++i) hash.add_byte(static_cast<std::uint8_t>(i));
    return hash.finish();
  };
  EXPECT_EQ(of_length(0), 0x726fdb47dd0e0e31U);
  EXPECT_EQ(of_length(1), 0x74f839c593dc67fdU);
  EXPECT_EQ(of_length(7), 0xab0200f58b01d137U);
  EXPECT_EQ(of_length(8), 0x93f5f5799a932462U);
  EXPECT_EQ(of_length(15), 0xa129ca6149be45e5U);
}

TEST(siphash, does_not_depend_on_how_its_input_is_cut) {
  const std::string text = "a text of more than two words of the hash";
  siphash whole(1, 2);
  whole.add(text);
  const auto expected = whole.finish();
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    siphash pieces(1, 2);
    pieces.add(std::string_view(text).substr(0, cut));
    pieces.add(std::string_view(text).substr(cut));
    EXPECT_EQ(pieces.finish(), expected) << "cut at " << cut;
  }
}

TEST(ids, a_command_id_is_its_time_and_eight_random_bytes) {
  EXPECT_EQ(fresh_command_id(noon, 0x0123456789abcdefU).to_string(), "612345670123456789abcdef");
  EXPECT_EQ(fresh_command_id(noon, 7).time(), std::chrono::sys_seconds{0x61234567s});
}

TEST(ids, a_command_id_from_a_clock_out_of_range_takes_the_nearest_time) {
  EXPECT_EQ(fresh_command_id(timestamp{-5s}, 0).to_string().substr(0, 8), "00000000");
  EXPECT_EQ(fresh_command_id(timestamp{std::chrono::hours{24 * 365 * 200}}, 0).to_string().substr(0, 8), "ffffffff");
}

TEST(ids, an_event_id_never_changes_between_releases) {
  // A log holds such ids for ever: when this fails, the derivation was changed, and redeliveries would double events.
  std::vector<event_record> events{made("Blog.authorUpdated", R"({"b":1,"a":"x"})"),
                                   made("Blog.authorUpdated", "{}", "k")};
  assign_ids(events);
  EXPECT_EQ(events[0].id.to_string(), "612345674b2d0fc72e87ff54");
  EXPECT_EQ(events[1].id.to_string(), "61234567860f61ee43027568");
  EXPECT_EQ(derive_dead_letter_id(events[0].id, "Comment", "updateAuthor").to_string(), "612345679421297bd8609718");
  EXPECT_EQ(next_event_id(events[0].id).to_string(), "61234567e77ac2cc9f7e6525");
}

TEST(ids, an_event_carries_the_time_of_its_command) {
  std::vector<event_record> events{made("A.b", "1")};
  assign_ids(events);
  EXPECT_EQ(events[0].id.time(), events[0].command.time());
}

TEST(ids, do_not_depend_on_the_order_of_the_events_or_of_the_keys_of_their_data) {
  std::vector<event_record> one{made("A.b", R"({"x":1,"y":2})"), made("A.b", "3"), made("A.c", "3"), made("A.c", "3")};
  std::vector<event_record> other{made("A.c", "3"), made("A.b", "3"), made("A.c", "3"),
                                  made("A.b", R"({ "y": 2, "x": 1 })")};
  assign_ids(one);
  assign_ids(other);
  EXPECT_EQ(ids_of(one).size(), 4U);
  EXPECT_EQ(ids_of(one), ids_of(other));
}

TEST(ids, differ_when_any_part_of_the_origin_differs) {
  std::vector<event_record> variants(8, made("A.b", "1"));
  variants[1].parents = {fresh_command_id(noon, 3)};
  variants[2].module = "Comment";
  variants[3].subscription = "other";
  variants[4].subject = "A.c";
  variants[5].key = "1";
  variants[6].data.text = "2";
  // Without lengths before its fields this one would be the same as the first.
  variants[7].module = "Blogu";
  variants[7].subscription = "pdateAuthor";
  std::set<event_id> ids;
  for (const auto& variant : variants) {
    std::vector<event_record> alone{variant};
    assign_ids(alone);
    ids.insert(alone[0].id);
  }
  EXPECT_EQ(ids.size(), variants.size());
}

TEST(ids, a_key_makes_the_id_independent_of_the_data) {
  std::vector<event_record> one{made("A.b", R"({"at":"12:00"})", "k")};
  std::vector<event_record> other{made("A.b", R"({"at":"12:01"})", "k")};
  assign_ids(one);
  assign_ids(other);
  EXPECT_EQ(one[0].id, other[0].id);
}

TEST(ids, of_two_events_of_one_key_the_first_stays) {
  std::vector<event_record> events{made("A.b", "1", "k"), made("A.b", "2", "k"), made("A.c", "2", "k"),
                                   made("A.b", "1")};
  assign_ids(events);
  ASSERT_EQ(events.size(), 3U);
  EXPECT_EQ(events[0].data.text, "1");
}

TEST(ids, for_a_whole_batch_do_not_depend_on_how_it_was_cut) {
  auto first = made("A.b", "1", "total");
  auto second = first;
  second.command = fresh_command_id(noon + 1h, 9);
  second.parents = {fresh_command_id(noon, 3), fresh_command_id(noon, 4)};
  std::vector<event_record> one{first};
  std::vector<event_record> other{second};
  assign_batch_ids(one);
  assign_batch_ids(other);
  EXPECT_EQ(one[0].id, other[0].id);
}

TEST(ids, a_dead_letter_belongs_to_one_event_and_one_subscription) {
  const event_id event{fresh_command_id(noon, 5)};
  EXPECT_EQ(derive_dead_letter_id(event, "A", "b"), derive_dead_letter_id(event, "A", "b"));
  EXPECT_NE(derive_dead_letter_id(event, "A", "b"), derive_dead_letter_id(event, "A", "c"));
  EXPECT_NE(derive_dead_letter_id(event, "A", "b"), derive_dead_letter_id(event, "Ab", ""));
  EXPECT_NE(derive_dead_letter_id(event, "A", "b"),
            derive_dead_letter_id(event_id{fresh_command_id(noon, 6)}, "A", "b"));
}

TEST(ids, the_next_hash_goes_on_from_the_one_that_is_taken) {
  const event_id taken{fresh_command_id(noon, 5)};
  EXPECT_NE(next_event_id(taken), taken);
  EXPECT_EQ(next_event_id(taken), next_event_id(taken));
  EXPECT_EQ(next_event_id(taken).time(), taken.time());
}

TEST(ids, a_hundred_thousand_events_have_a_hundred_thousand_ids) {
  std::vector<event_record> events;
  for (int i = 0; i < 100'000; ++i) events.push_back(made("A.b", std::to_string(i % 1000)));
  assign_ids(events);
  EXPECT_EQ(ids_of(events).size(), events.size());
}

}  // namespace
}  // namespace evd::core
