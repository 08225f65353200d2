// OpenTelemetry's variables, and its samplers.

#include <gmock/gmock.h>

#include "telemetry/otel_settings.hpp"

namespace evd::telemetry {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using namespace std::chrono_literals;

TEST(otel_settings, without_an_endpoint_no_traces_are_drawn) {
  EXPECT_EQ(otel_settings::read({}).traces_url, "");
  EXPECT_EQ(otel_settings::read({{"OTEL_SERVICE_NAME", "shop"}}).traces_url, "");
  EXPECT_EQ(otel_settings::read({{"OTEL_EXPORTER_OTLP_ENDPOINT", "  "}}).traces_url, "");
}

TEST(otel_settings, the_general_endpoint_gets_the_path_and_the_special_one_is_used_as_it_is) {
  EXPECT_EQ(otel_settings::read({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318/"}}).traces_url,
            "http://c:4318/v1/traces");
  EXPECT_EQ(otel_settings::read({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318"},
                                 {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://t/x"}})
                .traces_url,
            "https://t/x");
  EXPECT_EQ(otel_settings::read({{"OTEL_TRACES_EXPORTER", "otlp"}}).traces_url, "http://localhost:4318/v1/traces");
}

TEST(otel_settings, either_switch_turns_traces_off) {
  EXPECT_EQ(
      otel_settings::read({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://c"}, {"OTEL_SDK_DISABLED", "TRUE"}}).traces_url, "");
  EXPECT_EQ(
      otel_settings::read({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://c"}, {"OTEL_TRACES_EXPORTER", "none"}}).traces_url,
      "");
}

TEST(otel_settings, headers_and_resource_are_decoded) {
  const auto read =
      otel_settings::read({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://c"},
                           {"OTEL_EXPORTER_OTLP_HEADERS", "api-key=a%20b, x = 1"},
                           {"OTEL_EXPORTER_OTLP_TRACES_HEADERS", "X=2"},
                           {"OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test,service.name=no"},
                           {"OTEL_SERVICE_NAME", "shop"}});
  EXPECT_THAT(read.headers, ElementsAre(Pair("api-key", "a b"), Pair("X", "2")));
  EXPECT_THAT(read.resource, ElementsAre(Pair("deployment.environment.name", "test"), Pair("service.name", "shop")));
  EXPECT_THAT(read.warnings, IsEmpty());
}

TEST(otel_settings, a_header_cannot_break_out_of_its_line) {
  const auto read = otel_settings::read({{"OTEL_EXPORTER_OTLP_HEADERS", "a=b%0d%0aEvil: 1"}});
  EXPECT_THAT(read.headers, IsEmpty());
  EXPECT_THAT(read.warnings, ElementsAre(HasSubstr("line breaks")));
}

TEST(otel_settings, numbers_and_durations_are_read) {
  const auto read = otel_settings::read({{"OTEL_EXPORTER_OTLP_TIMEOUT", "1500"},
                                         {"OTEL_BSP_MAX_QUEUE_SIZE", "10"},
                                         {"OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "20"},
                                         {"OTEL_BSP_SCHEDULE_DELAY", "7"},
                                         {"OTEL_BSP_EXPORT_TIMEOUT", "8"}});
  EXPECT_EQ(read.timeout, 1500ms);
  EXPECT_EQ(read.max_queue, 10U);
  EXPECT_EQ(read.max_batch, 10U) << "no batch is larger than the queue";
  EXPECT_EQ(read.schedule_delay, 7ms);
  EXPECT_EQ(read.export_timeout, 8ms);
}

TEST(otel_settings, what_is_wrong_is_said_and_ignored) {
  const auto read = otel_settings::read({{"OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317"},
                                         {"OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"},
                                         {"OTEL_EXPORTER_OTLP_HEADERS", "secret"},
                                         {"OTEL_TRACES_SAMPLER", "sometimes"},
                                         {"OTEL_BSP_MAX_QUEUE_SIZE", "-1"},
                                         {"OTEL_BSP_SCHEDULE_DELAY", "0"}});
  EXPECT_THAT(read.warnings, testing::UnorderedElementsAre(
                                 HasSubstr("no traces are drawn"), HasSubstr("http/json"),
                                 AllOf(HasSubstr("name=value"), Not(HasSubstr("secret"))), HasSubstr("no such sampler"),
                                 HasSubstr("OTEL_BSP_MAX_QUEUE_SIZE"), HasSubstr("OTEL_BSP_SCHEDULE_DELAY")));
  EXPECT_EQ(read.traces_url, "");
  EXPECT_EQ(read.max_queue, 2048U);
}

core::trace_id trace_of(std::uint8_t first_of_second_half) {
  core::trace_id made{};
  made[0] = 1;
  made[8] = first_of_second_half;
  return made;
}

TEST(sampler, a_parent_decides_where_there_is_one) {
  core::trace_context parent;
  const sampler all;
  EXPECT_TRUE(all.samples(trace_of(0), std::nullopt));
  EXPECT_FALSE(all.samples(trace_of(0), parent));
  parent.sampled = true;
  const auto none = otel_settings::read({{"OTEL_TRACES_SAMPLER", "parentbased_always_off"}}).sampler;
  EXPECT_FALSE(none.samples(trace_of(0), std::nullopt));
  EXPECT_TRUE(none.samples(trace_of(0), parent));
  EXPECT_FALSE(otel_settings::read({{"OTEL_TRACES_SAMPLER", "always_off"}}).sampler.samples(trace_of(0), parent));
}

TEST(sampler, a_ratio_is_decided_by_the_traces_id) {
  const auto quarter =
      otel_settings::read({{"OTEL_TRACES_SAMPLER", "traceidratio"}, {"OTEL_TRACES_SAMPLER_ARG", "0.25"}}).sampler;
  EXPECT_TRUE(quarter.samples(trace_of(0x3F), std::nullopt));
  EXPECT_FALSE(quarter.samples(trace_of(0x40), std::nullopt));
  const auto wrong = otel_settings::read({{"OTEL_TRACES_SAMPLER", "traceidratio"}, {"OTEL_TRACES_SAMPLER_ARG", "2"}});
  EXPECT_THAT(wrong.warnings, ElementsAre(HasSubstr("0 to 1")));
  EXPECT_TRUE(wrong.sampler.samples(trace_of(0xFF), std::nullopt));
}

}  // namespace
}  // namespace evd::telemetry
