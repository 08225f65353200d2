#include "broker/nats/envelope.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include <evd/testing/records.hpp>

#include "broker/nats/names.hpp"
#include "broker/nats/schedule.hpp"

namespace evd::broker_nats {
namespace {

using namespace std::chrono_literals;

class header_list final : public header_source {
 public:
  explicit header_list(headers all) : all_(std::move(all)) {}
  std::optional<std::string_view> find(const char* name) const override {
    for (const auto& [key, value] : all_) {
      if (key == name) return value;
    }
    return std::nullopt;
  }
  std::vector<std::pair<std::string, std::string_view>> all_with(std::string_view prefix) const override {
    std::vector<std::pair<std::string, std::string_view>> found;
    for (const auto& [key, value] : all_) {
      if (key.starts_with(prefix)) found.emplace_back(key.substr(prefix.size()), value);
    }
    return found;
  }

 private:
  headers all_;
};

event_record full_event() {
  auto event = testing::make_event("User.nameUpdated");
  event.subscription = "rename it";
  event.key = "a;b=c, \"d\" %41 \n\xc3\xa4";
  event.linked = {command_id{testing::fresh_id()}, command_id{testing::fresh_id()}};
  event.parents.push_back(testing::fresh_id());
  event.not_before = event.time + 5s;
  event.headers = {{"traceparent", "00-1-2-01"}, {"X Odd", "\r\nline: 2"}};
  return event;
}

TEST(envelope, an_event_comes_back_as_it_was) {
  const auto event = full_event();
  const auto again = decode_event(header_list{encode(event)}, event.data.text, event.subject);
  ASSERT_TRUE(again) << again.error().to_string();
  EXPECT_EQ(*again, event);
}

TEST(envelope, values_of_headers_are_printable_ascii) {
  for (const auto& [name, value] : encode(full_event())) {
    for (const char c : name + value) EXPECT_TRUE(c > 0x20 && c < 0x7f) << name << ": " << value;
  }
}

TEST(envelope, a_command_comes_back_as_it_was) {
  for (const auto mode : {command_mode::in_place, command_mode::durable}) {
    auto command = testing::make_command("userUpdateNames", mode);
    command.caller = "Ada; u=1";
    const auto again = decode_command(header_list{encode(command)}, command.input.text);
    ASSERT_TRUE(again) << again.error().to_string();
    EXPECT_EQ(*again, command);
  }
}

TEST(envelope, an_event_of_somebody_else_needs_an_id_alone) {
  const auto event =
      decode_event(header_list{{{"ce-id", "42"}, {"ce-source", "https://shop"}}}, R"({"a": 1})", "Shop.sold");
  ASSERT_TRUE(event) << event.error().to_string();
  EXPECT_EQ(event->module, "Shop");
  EXPECT_EQ(event->data.text, R"({"a":1})");
  const auto same = decode_event(header_list{{{"ce-id", "42"}, {"ce-source", "https://shop"}}}, "{}", "Shop.sold");
  EXPECT_EQ(event->id, same->id);
  const auto other = decode_event(header_list{{{"ce-id", "42"}, {"ce-source", "https://other"}}}, "{}", "Shop.sold");
  EXPECT_NE(event->id, other->id);
  EXPECT_FALSE(decode_event(header_list{{{"ce-id", "42"}}}, "no json", "Shop.sold"));
  EXPECT_FALSE(decode_event(header_list{{}}, "{}", "Shop.sold"));
}

TEST(envelope, a_structured_cloud_event_joins_a_chain) {
  const auto event = decode_event(
      header_list{{{"content-type", "application/cloudevents+json; charset=utf-8"}}},
      R"({"specversion":"1.0","id":"6b06307a3f1c2b9d00000001","source":"/x","type":"Shop.sold",)"
      R"("time":"2026-11-25T00:00:00Z","evdcommand":"6b06307a00000000000000aa",)"
      R"("evdparents":"6b06307a00000000000000aa,6b06307a00000000000000ab","evdversion":3,"evdkey":"k","data":{"n": 1}})",
      "Shop.sold");
  ASSERT_TRUE(event) << event.error().to_string();
  EXPECT_EQ(event->id.to_string(), "6b06307a3f1c2b9d00000001");
  EXPECT_EQ(event->command.to_string(), "6b06307a00000000000000aa");
  EXPECT_EQ(event->parents.size(), 2U);
  EXPECT_EQ(event->version, 3U);
  EXPECT_EQ(event->key, "k");
  EXPECT_EQ(event->data.text, R"({"n":1})");
}

TEST(envelope, a_malformed_member_is_said) {
  auto head = encode(full_event());
  for (auto& [name, value] : head) {
    if (name == "evd") value = "v=0";
  }
  const auto wrong = decode_event(header_list{head}, "{}", "User.nameUpdated");
  ASSERT_FALSE(wrong);
  EXPECT_NE(wrong.error().detail.find("v=0"), std::string::npos);
}

TEST(schedule, a_retry_that_has_become_due_is_the_retry_that_was_scheduled) {
  const names called{"evd"};
  const auto event = full_event();
  auto retry = testing::make_retry(event, testing::make_subscription(), 3, event.time + 10s);
  retry.position = {7, 8};
  const auto waiting = scheduled_retry(retry, 42, called);
  EXPECT_EQ(waiting.subject, "evd.schedule.retry.Blog.updateAuthor." + event.id.to_string());
  // The server strips the message id and its own headers when it fires.
  headers fired;
  for (const auto& each : waiting.head) {
    if (!each.first.starts_with("Nats-")) fired.push_back(each);
  }
  const auto due =
      due_message(header_list{fired}, called.due_retry({"Blog", "updateAuthor"}, event.id.to_string()), called);
  ASSERT_TRUE(due);
  const auto direct = retry_now(retry, 42, called);
  EXPECT_EQ(due->subject, direct.subject);
  auto one = due->head;
  auto two = direct.head;
  std::sort(one.begin(), one.end());
  std::sort(two.begin(), two.end());
  EXPECT_EQ(one, two);
  const auto head = decode_retry(header_list{due->head});
  ASSERT_TRUE(head);
  EXPECT_EQ(head->attempt, 3U);
  EXPECT_EQ(head->position, (log_position{7, 8}));
}

TEST(names, a_filter_that_another_one_holds_is_left_out) {
  const names called{"evd"};
  auto what = testing::make_subscription("s", {"User.*", "User.nameUpdated", "User.>", "Blog.a", "Blog.a"});
  EXPECT_EQ(called.filters(what),
            (std::vector<std::string>{"evd.event.User.>", "evd.event.Blog.a", "evd.retry.Blog.s.*"}));
  what.filters = {">"};
  EXPECT_EQ(called.filters(what), (std::vector<std::string>{"evd.event.>", "evd.retry.Blog.s.*"}));
}

}  // namespace
}  // namespace evd::broker_nats
