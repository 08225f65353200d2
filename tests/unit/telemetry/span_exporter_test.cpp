// The export of spans, against a collector on the loopback interface.

#include <gmock/gmock.h>

#include "telemetry/span_exporter.hpp"
#include "unit/telemetry/collector.hpp"

namespace evd::tests {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;
using namespace std::chrono_literals;

class kept_log : public log_sink {
 public:
  void write(log_level, std::string_view message, const std::vector<log_field>&) override {
    const std::lock_guard lock(mutex_);
    lines_.emplace_back(message);
    changed_.notify_all();
  }
  std::vector<std::string> lines() const {
    const std::lock_guard lock(mutex_);
    return lines_;
  }
  void wait_for(const std::string& line) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, 20s, [&] {
      return std::any_of(lines_.begin(), lines_.end(), [&](const auto& l) { return l.find(line) != l.npos; });
    })) << line;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> lines_;
};

telemetry::span span_named(std::string name) {
  static std::uint8_t number = 0;
  telemetry::span made;
  made.self.trace[0] = 1;
  made.self.span[0] = 1;
  made.self.span[7] = ++number;
  made.self.sampled = true;
  made.name = std::move(name);
  made.began = made.ended = timestamp(1s);
  return made;
}

telemetry::otel_settings settings_for(const std::string& url) {
  auto made = telemetry::otel_settings::read({{"OTEL_EXPORTER_OTLP_ENDPOINT", url},
                                              {"OTEL_EXPORTER_OTLP_HEADERS", "api-key=s3cret"},
                                              {"OTEL_SERVICE_NAME", "shop"}});
  made.schedule_delay = 5ms;
  return made;
}

std::vector<std::string> names_of(const std::vector<otlp_span>& spans) {
  std::vector<std::string> names;
  for (const auto& one : spans) names.push_back(one.name);
  return names;
}

TEST(span_exporter, a_span_arrives_with_the_resource_and_the_headers) {
  collector there;
  kept_log log;
  const auto settings = settings_for(there.url());
  telemetry::span_exporter exporter(settings, settings.resource, log);
  exporter.add(span_named("a"));
  const auto got = there.wait_for_requests(1);
  EXPECT_EQ(got[0].target, "/v1/traces");
  EXPECT_EQ(got[0].headers.at("content-type"), "application/json");
  EXPECT_EQ(got[0].headers.at("api-key"), "s3cret");
  ASSERT_THAT(got[0].body.resource_spans, SizeIs(1));
  EXPECT_EQ(otlp_span::text_of(got[0].body.resource_spans[0].resource.attributes, "service.name"), "shop");
  exporter.stop(10s);
  EXPECT_EQ(exporter.counts().exported, 1U);
  EXPECT_TRUE(log.lines().empty());
}

TEST(span_exporter, what_is_here_when_it_stops_is_sent_first) {
  collector there;
  kept_log log;
  auto settings = settings_for(there.url());
  settings.schedule_delay = 1h;
  settings.max_batch = 3;
  telemetry::span_exporter exporter(settings, {}, log);
  for (const auto* name : {"1", "2", "3", "4"}) exporter.add(span_named(name));
  EXPECT_THAT(names_of(there.wait_for_spans(3)), ElementsAre("1", "2", "3")) << "a full batch does not wait";
  exporter.stop(10s);
  EXPECT_THAT(names_of(there.wait_for_spans(4)), ElementsAre("1", "2", "3", "4"));
  exporter.add(span_named("late"));
  EXPECT_EQ(exporter.counts().exported, 4U);
  EXPECT_EQ(exporter.counts().dropped_ended, 1U);
}

TEST(span_exporter, a_collector_that_comes_back_gets_what_was_kept_and_is_spoken_of_twice) {
  auto there = std::make_unique<collector>();
  const auto port = there->port();
  const auto url = there->url();
  there.reset();
  kept_log log;
  auto settings = settings_for(url);
  settings.max_queue = 4;
  settings.max_batch = 2;
  telemetry::span_exporter exporter(settings, {}, log);
  exporter.add(span_named("1"));
  log.wait_for("cannot reach the collector");
  for (int i = 2; i <= 10; ++i) exporter.add(span_named(std::to_string(i)));
  EXPECT_EQ(exporter.counts().queued, 5U) << "one is being sent, four wait";
  EXPECT_EQ(exporter.counts().dropped_queue_full, 5U);

  there = std::make_unique<collector>(port);
  EXPECT_THAT(names_of(there->wait_for_spans(5)), ElementsAre("1", "2", "3", "4", "5"));
  log.wait_for("the collector is back");
  exporter.stop(10s);
  EXPECT_THAT(log.lines(), SizeIs(2));
  EXPECT_EQ(exporter.counts().exported, 5U);
}

TEST(span_exporter, a_busy_collector_is_asked_again_when_it_says_so) {
  collector there;
  there.answer_next({{429, "slow down", "1"}, {503, "", ""}});
  kept_log log;
  telemetry::span_exporter exporter(settings_for(there.url()), {}, log);
  exporter.add(span_named("a"));
  EXPECT_THAT(names_of(there.wait_for_spans(1)), ElementsAre("a"));
  EXPECT_THAT(there.wait_for_requests(3), SizeIs(3));
}

TEST(span_exporter, what_a_collector_refuses_is_dropped_counted_and_said_once) {
  collector there;
  there.answer_next({{400, "no JSON here", ""}, {404, "nor here", ""}});
  kept_log log;
  telemetry::span_exporter exporter(settings_for(there.url()), {}, log);
  exporter.add(span_named("a"));
  there.wait_for_requests(1);
  exporter.add(span_named("b"));
  there.wait_for_requests(2);
  exporter.add(span_named("c"));
  EXPECT_THAT(names_of(there.wait_for_spans(1)), ElementsAre("c"));
  exporter.stop(10s);
  EXPECT_EQ(exporter.counts().dropped_refused, 2U);
  EXPECT_EQ(exporter.counts().exported, 1U);
  EXPECT_THAT(log.lines(), ElementsAre(HasSubstr("refuses spans")));
}

TEST(span_exporter, spans_refused_out_of_a_taken_batch_are_counted) {
  collector there;
  there.answer_next({{200, R"({"partialSuccess":{"rejectedSpans":"1","errorMessage":"too old"}})", ""}});
  kept_log log;
  auto settings = settings_for(there.url());
  settings.schedule_delay = 1h;
  telemetry::span_exporter exporter(settings, {}, log);
  exporter.add(span_named("a"));
  exporter.add(span_named("b"));
  exporter.stop(10s);
  EXPECT_EQ(exporter.counts().exported, 1U);
  EXPECT_EQ(exporter.counts().dropped_refused, 1U);
}

TEST(span_exporter, a_collector_that_never_answers_does_not_hold_up_the_end) {
  boost::asio::io_context io;
  boost::asio::ip::tcp::acceptor silent(io, {boost::asio::ip::address_v4::loopback(), 0});  // nobody accepts
  kept_log log;
  telemetry::span_exporter exporter(settings_for("http://127.0.0.1:" + std::to_string(silent.local_endpoint().port())),
                                    {}, log);
  exporter.add(span_named("a"));
  const auto began = std::chrono::steady_clock::now();
  exporter.stop(50ms);
  EXPECT_LT(std::chrono::steady_clock::now() - began, 5s);
  EXPECT_EQ(exporter.counts().dropped_ended, 1U);
}

TEST(otlp_json, more_events_and_links_than_the_limit_are_left_out_and_counted) {
  auto made = span_named("\"quoted\"\n");
  for (std::size_t i = 0; i < telemetry::max_span_links + 2; ++i) made.links.push_back({made.self, {}});
  for (std::size_t i = 0; i < telemetry::max_span_events + 1; ++i) made.events.push_back({"e", made.began, {}});
  made.attributes = {{"text", std::string("ü")}, {"number", std::int64_t{1} << 60}, {"yes", true}};
  made.failed = true;
  made.failure = "why";
  made.trace_state = "vendor=1";
  const auto read = from_json<otlp_request>(telemetry::to_otlp_json({}, std::span(&made, 1)));
  ASSERT_TRUE(read) << read.error().to_string();
  const auto& span = read->resource_spans.at(0).scope_spans.at(0).spans.at(0);
  EXPECT_EQ(span.name, "\"quoted\"\n");
  EXPECT_THAT(span.links, SizeIs(128));
  EXPECT_EQ(span.dropped_links_count, 2);
  EXPECT_EQ(span.dropped_events_count, 1);
  EXPECT_EQ(span.attribute("number"), "1152921504606846976");
  EXPECT_EQ(span.attribute("yes"), "true");
  EXPECT_EQ(span.status->code, 2);
  EXPECT_EQ(span.trace_state, "vendor=1");
  EXPECT_EQ(span.start_time_unix_nano, "1000000000");
}

}  // namespace
}  // namespace evd::tests
