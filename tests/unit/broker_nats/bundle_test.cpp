#include "broker/nats/bundle.hpp"

#include <gtest/gtest.h>

#include <evd/testing/records.hpp>

#include "broker/nats/message.hpp"
#include "broker/nats/ordered_gate.hpp"

namespace evd::broker_nats {
namespace {

TEST(bundle, records_come_back_in_their_order) {
  const auto by = testing::make_subscription();
  const auto event = testing::make_event();
  std::string lines;
  append_line(lines, testing::make_outcome(event, by));
  append_line(lines, testing::make_attempt(event, by));
  append_line(lines, by);
  const auto content = read_bundle(lines);
  EXPECT_TRUE(content.unreadable.empty());
  ASSERT_EQ(content.records.size(), 3U);
  EXPECT_TRUE(std::holds_alternative<outcome_record>(content.records[0]));
  EXPECT_EQ(std::get<subscription_record>(content.records[2]), by);
}

TEST(bundle, a_line_that_is_not_known_is_set_aside_and_the_rest_is_read) {
  std::string lines = "{\"future\":{\"a\":1}}\nrubbish\n";
  append_line(lines, testing::make_subscription());
  const auto content = read_bundle(lines);
  EXPECT_EQ(content.records.size(), 1U);
  ASSERT_EQ(content.unreadable.size(), 2U);
  EXPECT_EQ(content.unreadable[0].kind, "future");
  EXPECT_EQ(content.unreadable[1].line, "rubbish");
}

TEST(reply_subject, of_old_and_new_servers_is_read) {
  const auto old = parse_reply("$JS.ACK.evd.Blog=updateAuthor.2.17.5.1795563197523001137.0");
  ASSERT_TRUE(old);
  EXPECT_EQ(old->count, 2U);
  EXPECT_EQ(old->stream_sequence, 17U);
  EXPECT_EQ(old->consumer_sequence, 5U);
  const auto with_domain = parse_reply("$JS.ACK.hub.hash.evd.Blog=updateAuthor.2.17.5.1795563197523001137.0.token");
  ASSERT_TRUE(with_domain);
  EXPECT_EQ(with_domain->stream_sequence, 17U);
  EXPECT_FALSE(parse_reply("_INBOX.1.2"));
  EXPECT_FALSE(parse_reply(""));
}

TEST(ordered_gate, nothing_passes_before_what_was_pending_has_come) {
  ordered_gate gate;
  EXPECT_TRUE(gate.arrived("pin", 12, 1));
  EXPECT_FALSE(gate.arrived("pin", 13, 2));
  EXPECT_FALSE(gate.pass());
  gate.learned({4}, 2);
  EXPECT_TRUE(gate.settling()) << "two are the former owner's";
  EXPECT_FALSE(gate.arrived("pin", 11, 3));
  EXPECT_FALSE(gate.arrived("pin", 10, 4));
  gate.learned({4}, 4);
  EXPECT_EQ(gate.pass(), 4U);
  EXPECT_EQ(gate.pass(), 3U);
  EXPECT_EQ(gate.pass(), 1U);
  EXPECT_EQ(gate.pass(), 2U);
  EXPECT_FALSE(gate.pass());
}

TEST(ordered_gate, another_pin_is_another_takeover) {
  ordered_gate gate;
  EXPECT_TRUE(gate.arrived("a", 1, 1));
  gate.learned({1}, 1);
  EXPECT_TRUE(gate.can_pass());
  EXPECT_TRUE(gate.arrived("b", 2, 2));
  EXPECT_FALSE(gate.can_pass());
  EXPECT_EQ(gate.lost(), (std::vector<std::uint64_t>{1, 2}));
  EXPECT_TRUE(gate.pin().empty());
}

}  // namespace
}  // namespace evd::broker_nats
