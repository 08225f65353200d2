// W3C Trace Context: what is read, what is written, and how an event is stamped.

#include <gtest/gtest.h>

#include "core/trace_context.hpp"

namespace evd::core {
namespace {

constexpr auto good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

TEST(trace_context, a_traceparent_is_read_and_written_as_it_was) {
  const auto read = parse_traceparent(good);
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->sampled);
  EXPECT_EQ(to_hex(read->trace), "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_EQ(to_hex(read->span), "00f067aa0ba902b7");
  EXPECT_EQ(to_traceparent(*read), good);
  EXPECT_FALSE(parse_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-02")->sampled);
}

TEST(trace_context, a_later_version_is_read_as_far_as_the_first_goes) {
  EXPECT_TRUE(parse_traceparent("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-comes"));
  EXPECT_FALSE(parse_traceparent("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.what"));
}

TEST(trace_context, what_is_not_of_the_form_is_none) {
  for (const auto* wrong : {"", "00", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
                            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
                            "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                            "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01"}) {
    EXPECT_FALSE(parse_traceparent(wrong)) << wrong;
  }
}

TEST(trace_context, an_event_travels_under_the_span_that_its_id_names) {
  event_record event;
  event.id = *event_id::parse("622303733628c902f133004b");
  event.headers = {{"traceparent", good}, {"tracestate", "vendor=1"}, {"other", "kept"}};
  auto under = *parse_traceparent(good);
  under.span = {1, 2, 3, 4, 5, 6, 7, 8};
  stamp(event, under);
  EXPECT_EQ(event.headers.at("traceparent"), "00-4bf92f3577b34da6a3ce929d0e0e4736-3628c902f133004b-01");
  EXPECT_EQ(event.headers.at("tracestate"), "vendor=1");
  EXPECT_EQ(event.headers.at("other"), "kept");
  EXPECT_EQ(trace_of(event.headers)->span, publish_span(event.id));
}

TEST(trace_context, the_tracestate_of_another_trace_goes) {
  event_record event;
  event.id = *event_id::parse("622303733628c902f133004b");
  event.headers = {{"traceparent", "nonsense"}, {"tracestate", "vendor=1"}};
  stamp(event, *parse_traceparent(good));
  EXPECT_FALSE(event.headers.contains("tracestate"));
  EXPECT_EQ(to_hex(trace_of(event.headers)->trace), "4bf92f3577b34da6a3ce929d0e0e4736");
}

TEST(trace_context, no_span_is_all_zeros) {
  EXPECT_EQ(to_hex(publish_span(*event_id::parse("622303730000000000000000"))), "0000000000000001");
}

}  // namespace
}  // namespace evd::core
