// Traces of an application at work, as a collector gets them.

#include <gmock/gmock.h>

#include <algorithm>

#include "core/trace_context.hpp"
#include "unit/assembly/application.hpp"
#include "unit/gateway/client.hpp"
#include "unit/telemetry/collector.hpp"

namespace evd::tests {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

constexpr int server_kind = 2, producer_kind = 4, consumer_kind = 5;
constexpr auto trace = "4bf92f3577b34da6a3ce929d0e0e4736";
constexpr auto caller_span = "00f067aa0ba902b7";
const std::string traceparent = std::string("00-") + trace + "-" + caller_span;

struct rename_user {
  std::string name;
};
struct name_updated {
  static constexpr evd::event event{"User.nameUpdated", 1};
  std::string name;
};
struct user_updated {
  static constexpr evd::event event{"Blog.userUpdated", 1};
  std::string name;
};

class traces_test : public application_test {
 protected:
  traces_test() {
    settings.http = "127.0.0.1:0";
    settings.otel = {{"OTEL_EXPORTER_OTLP_ENDPOINT", there.url()}, {"OTEL_BSP_SCHEDULE_DELAY", "5"}};
    remake();
  }
  void register_user() {
    application->module("User").command("rename", [](const rename_user& input, context& ctx) {
      if (input.name.empty()) throw rejected("a user has a name");
      ctx.publish(name_updated{input.name});
    });
  }
  test::response post(const std::string& input, const std::string& headers) {
    test::client one(application->http_address());
    one.send(test::request("POST", "/commands/rename", input, headers));
    return one.read().value_or(test::response{});
  }

  collector there;
};

std::vector<otlp_span> named(const std::vector<otlp_span>& all, std::string_view name) {
  std::vector<otlp_span> found;
  std::copy_if(all.begin(), all.end(), std::back_inserter(found), [&](const auto& one) { return one.name == name; });
  return found;
}
otlp_span only(const std::vector<otlp_span>& all, std::string_view name) {
  const auto found = named(all, name);
  EXPECT_THAT(found, SizeIs(1)) << name << " in " << collector::names(all);
  return found.empty() ? otlp_span{} : found.front();
}

TEST_F(traces_test, a_chain_is_one_tree_below_its_caller) {
  register_user();
  application->module("Blog").on<name_updated>(
      "update", [](const name_updated& event, context& ctx) { ctx.publish(user_updated{event.name}); });
  application->module("Comment").on<user_updated>("seen", [](const user_updated&, context&) {});
  start();
  EXPECT_EQ(post(R"({"name":"Ada"})", "traceparent: " + traceparent + "-01\r\ntracestate: vendor=1\r\n").status, 200);

  const auto all = there.wait_for_spans(5);
  EXPECT_THAT(all, SizeIs(5)) << collector::names(all);
  for (const auto& one : all) {
    EXPECT_EQ(one.trace_id, trace) << one.name;
    EXPECT_EQ(one.trace_state, "vendor=1") << one.name;
    EXPECT_FALSE(one.status) << one.name;
  }
  const auto command = only(all, "command rename");
  EXPECT_EQ(command.kind, server_kind);
  EXPECT_EQ(command.parent_span_id, caller_span);
  EXPECT_EQ(command.attribute("evd.outcome"), "succeeded");
  EXPECT_EQ(command.attribute("evd.module"), "User");
  const auto publish = only(all, "publish User.nameUpdated");
  EXPECT_EQ(publish.kind, producer_kind);
  EXPECT_EQ(publish.parent_span_id, command.span_id);
  EXPECT_EQ(publish.attribute("messaging.operation.type"), "send");
  EXPECT_EQ(publish.attribute("messaging.destination.name"), "User.nameUpdated");
  const auto process = only(all, "process User.nameUpdated");
  EXPECT_EQ(process.kind, consumer_kind);
  EXPECT_EQ(process.parent_span_id, publish.span_id);
  ASSERT_THAT(process.links, SizeIs(1));
  EXPECT_EQ(process.links[0].span_id, publish.span_id);
  EXPECT_EQ(process.attribute("messaging.system"), "evd");
  EXPECT_EQ(process.attribute("messaging.operation.type"), "process");
  EXPECT_EQ(process.attribute("messaging.consumer.group.name"), "Blog");
  EXPECT_EQ(process.attribute("messaging.destination.subscription.name"), "Blog.update");
  EXPECT_EQ(process.attribute("messaging.message.id"), publish.attribute("messaging.message.id"));
  EXPECT_EQ(process.attribute("evd.outcome"), "handled");
  const auto second = only(all, "publish Blog.userUpdated");
  EXPECT_EQ(second.parent_span_id, process.span_id);
  EXPECT_EQ(only(all, "process Blog.userUpdated").parent_span_id, second.span_id);

  // The event itself carries the span it was published under, for consumers elsewhere.
  const auto id = event_id::parse(publish.attribute("messaging.message.id"));
  const auto event = application->store().event(*id);
  ASSERT_TRUE(event && *event);
  EXPECT_EQ((*event)->event.headers.at("traceparent"), std::string("00-") + trace + "-" + publish.span_id + "-01");
  EXPECT_EQ((*event)->event.headers.at("tracestate"), "vendor=1");
}

TEST_F(traces_test, attempts_are_siblings_with_their_exceptions_and_the_last_one_says_dead_letter) {
  register_user();
  application->module("Comment").on<name_updated>(
      "update", quick(3), [](const name_updated&, context&) { throw std::runtime_error("Test Error!!"); });
  start();
  call("rename", R"({"name":"Ada"})");
  const auto all = there.wait_for_spans(5);
  const auto publish = only(all, "publish User.nameUpdated");
  auto attempts = named(all, "process User.nameUpdated");
  ASSERT_THAT(attempts, SizeIs(3));
  std::sort(attempts.begin(), attempts.end(),
            [](const auto& a, const auto& b) { return a.attribute("evd.attempt") < b.attribute("evd.attempt"); });
  std::vector<std::string> outcomes;
  for (const auto& one : attempts) {
    outcomes.push_back(one.attribute("evd.attempt") + ' ' + one.attribute("evd.outcome"));
    EXPECT_EQ(one.parent_span_id, publish.span_id);
    ASSERT_TRUE(one.status);
    EXPECT_EQ(one.status->code, 2);
    EXPECT_EQ(one.status->message, "Test Error!!");
    EXPECT_EQ(one.attribute("error.type"), "std::runtime_error");
    ASSERT_FALSE(one.events.empty());
    EXPECT_EQ(one.events[0].name, "exception");
    EXPECT_EQ(otlp_span::text_of(one.events[0].attributes, "exception.type"), "std::runtime_error");
    EXPECT_EQ(otlp_span::text_of(one.events[0].attributes, "exception.message"), "Test Error!!");
  }
  EXPECT_THAT(outcomes, ElementsAre("1 retry", "2 retry", "3 dead_letter"));
  ASSERT_THAT(attempts[2].events, SizeIs(2));
  EXPECT_EQ(attempts[2].events[1].name, "evd.dead_letter");
}

TEST_F(traces_test, a_call_without_a_trace_begins_one) {
  register_user();
  start();
  call("rename", R"({"name":"Ada"})");
  const auto all = there.wait_for_spans(2);
  const auto command = only(all, "command rename");
  EXPECT_FALSE(command.parent_span_id);
  EXPECT_EQ(only(all, "publish User.nameUpdated").trace_id, command.trace_id);
}

TEST_F(traces_test, a_command_that_is_refused_is_no_error_of_ours) {
  register_user();
  start();
  EXPECT_EQ(post(R"({"name":""})", "").status, 422);
  const auto command = only(there.wait_for_spans(1), "command rename");
  EXPECT_FALSE(command.status);
  EXPECT_EQ(command.attribute("evd.outcome"), "rejected");
  ASSERT_THAT(command.events, SizeIs(1));
  EXPECT_EQ(otlp_span::text_of(command.events[0].attributes, "exception.message"), "a user has a name");
}

TEST_F(traces_test, what_the_caller_does_not_record_is_not_recorded_and_says_so_further_on) {
  register_user();
  std::string seen_in_handler;
  application->module("Blog").on<name_updated>("update", [&](const name_updated&, context& ctx) {
    seen_in_handler = ctx.traceparent();
    seen.note(ctx.record()->headers.at("traceparent"));
  });
  start();
  post(R"({"name":"Ada"})", "traceparent: " + traceparent + "-00\r\n");
  wait_until_idle();
  ASSERT_THAT(seen.lines(), SizeIs(1));
  EXPECT_TRUE(seen.lines()[0].starts_with(std::string("00-") + trace)) << seen.lines()[0];
  EXPECT_TRUE(seen.lines()[0].ends_with("-00")) << seen.lines()[0];
  EXPECT_TRUE(seen_in_handler.starts_with(std::string("00-") + trace)) << seen_in_handler;
  EXPECT_TRUE(seen_in_handler.ends_with("-00")) << seen_in_handler;
  // One that is recorded comes through afterwards, and nothing came before it.
  post(R"({"name":"Eve"})", "traceparent: " + traceparent + "-01\r\n");
  EXPECT_THAT(there.wait_for_spans(3), SizeIs(3));
}

TEST_F(traces_test, without_a_collector_headers_travel_as_they_came) {
  settings.otel.clear();
  remake();
  register_user();
  application->module("Blog").on<name_updated>("update", [this](const name_updated&, context& ctx) {
    EXPECT_EQ(ctx.traceparent(), "");
    seen.note(ctx.record()->headers.at("traceparent"));
  });
  start();
  post(R"({"name":"Ada"})", "traceparent: " + traceparent + "-01\r\n");
  wait_until_idle();
  EXPECT_THAT(seen.lines(), ElementsAre(traceparent + "-01"));
}

TEST_F(traces_test, a_durable_command_is_drawn_where_it_runs) {
  application->module("User").command("rename", {.durable = true}, [](const rename_user& input, context& ctx) {
    ctx.publish(name_updated{input.name});
  });
  start();
  EXPECT_EQ(post(R"({"name":"Ada"})", "traceparent: " + traceparent + "-01\r\n").status, 202);
  const auto all = there.wait_for_spans(2);
  const auto command = only(all, "command rename");
  EXPECT_EQ(command.kind, consumer_kind);
  EXPECT_EQ(command.parent_span_id, caller_span);
  EXPECT_EQ(command.attribute("evd.outcome"), "succeeded");
  EXPECT_EQ(only(all, "publish User.nameUpdated").parent_span_id, command.span_id);
}

// Two chains meet in one batch: it is one span, a child of the first event's, linked to both; and what it publishes for
// each event stays in that event's trace.
TEST_F(traces_test, a_batch_links_to_all_it_came_of) {
  register_user();
  const std::string other_trace = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
  start();
  post(R"({"name":"Ada"})", "traceparent: " + traceparent + "-01\r\n");
  post(R"({"name":"Eve"})", "traceparent: 00-" + other_trace + "-" + caller_span + "-01\r\n");
  there.wait_for_spans(4);
  application->stop();

  remake();  // now with a module that gets both at once
  register_user();
  application->module("Blog").on_batch<name_updated>("update",
                                                     [](const batch<name_updated>& events, batch_context& ctx) {
                                                       for (const auto item : events)
                                                         ctx.publish_for(item, user_updated{item->name});
                                                       ctx.publish_for_all("all", user_updated{"all"});
                                                     });
  start();
  const auto all =
      there.wait_for([](const auto& spans) { return named(spans, "publish Blog.userUpdated").size() >= 3; });
  const auto batch = only(all, "process User.nameUpdated");
  EXPECT_EQ(batch.trace_id, trace);
  EXPECT_EQ(batch.attribute("messaging.batch.message_count"), "2");
  std::vector<std::string> linked;
  for (const auto& link : batch.links) linked.push_back(link.trace_id);
  EXPECT_THAT(linked, ElementsAre(trace, other_trace));

  const auto first = named(all, "publish User.nameUpdated");
  ASSERT_THAT(first, SizeIs(2));
  std::vector<std::string> places;
  for (const auto& one : named(all, "publish Blog.userUpdated")) {
    const bool below_batch = one.parent_span_id == batch.span_id;
    const bool below_event = std::any_of(first.begin(), first.end(), [&](const auto& cause) {
      return one.trace_id == cause.trace_id && one.parent_span_id == cause.span_id;
    });
    const bool links_batch = one.links.size() == 1 && one.links[0].span_id == batch.span_id;
    places.push_back(one.trace_id.substr(0, 4) + (below_batch ? " below the batch" : "") +
                     (below_event ? " below its event" : "") + (links_batch ? ", linked" : ""));
  }
  EXPECT_THAT(places,
              UnorderedElementsAre("4bf9 below the batch", "4bf9 below the batch", "aaaa below its event, linked"));
}

TEST_F(traces_test, an_event_that_cannot_be_decoded_is_drawn_too) {
  register_user();
  start();
  call("rename", R"({"name":"Ada"})");
  there.wait_for_spans(2);
  application->stop();
  remake();
  application->module("Blog").on<name_updated>("update", [](const name_updated&, context&) {});
  start();
  const auto event_row = application->store().events({}, {});
  ASSERT_TRUE(event_row);
  // The same event with data of another form, as another language may have written it.
  auto broken = event_row->items.at(0).event;
  broken.id = event_id{*id::parse("622303733628c902f1330000")};
  broken.data.text = R"({"name":7})";
  port::write what;
  what.events.push_back(broken);
  application->log().commit(std::move(what), [](const auto&) {});
  const auto all =
      there.wait_for([](const auto& spans) { return named(spans, "process User.nameUpdated").size() >= 2; });
  std::vector<std::string> outcomes;
  for (const auto& one : named(all, "process User.nameUpdated")) outcomes.push_back(one.attribute("evd.outcome"));
  EXPECT_THAT(outcomes, UnorderedElementsAre("handled", "dead_letter"));
}

TEST_F(traces_test, spans_that_are_left_are_sent_when_the_application_ends) {
  settings.otel["OTEL_BSP_SCHEDULE_DELAY"] = "3600000";
  remake();
  register_user();
  start();
  call("rename", R"({"name":"Ada"})");
  application->stop();
  EXPECT_THAT(there.wait_for_spans(2), SizeIs(2));
}

TEST_F(traces_test, a_collector_that_is_away_holds_nobody_up) {
  settings.otel["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:1";
  remake();
  register_user();
  application->module("Blog").on<name_updated>("update",
                                               [this](const name_updated& event, context&) { seen.note(event.name); });
  start();
  for (int i = 0; i < 100; ++i) call("rename", R"({"name":"Ada)" + std::to_string(i) + "\"}");
  wait_until_idle();
  EXPECT_THAT(seen.lines(), SizeIs(100));
}

}  // namespace
}  // namespace evd::tests
