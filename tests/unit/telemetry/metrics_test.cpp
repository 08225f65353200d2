// Metrics: the list against its golden file and its page, and what an application at work shows over HTTP.

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>

#include "telemetry/metric_list.hpp"
#include "telemetry/metrics.hpp"
#include "unit/assembly/application.hpp"
#include "unit/gateway/client.hpp"
#include "unit/telemetry/collector.hpp"
#include "unit/telemetry/exposition.hpp"

namespace evd::tests {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAreArray;
using namespace std::chrono_literals;

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::set<std::string> words(std::string_view text) {
  std::istringstream stream{std::string(text)};
  std::set<std::string> all;
  for (std::string word; stream >> word;) all.insert(word);
  return all;
}

TEST(metric_list, it_is_that_of_the_golden_file) {
  std::string text;
  for (const auto& row : telemetry::metric_list()) {
    text.append(row.name).append(" ").append(telemetry::name_of(row.kind)).append(" {").append(row.labels);
    text.append("}\n    ").append(row.help).append("\n");
  }
  const auto path = std::filesystem::path(EVD_GOLDEN_DIR) / "metrics.txt";
  if (std::getenv("EVD_APPROVE") != nullptr) {
    std::ofstream(path) << text;
    return;
  }
  EXPECT_EQ(text, read_file(path)) << "differs from " << path << "; when that is meant: tests/golden/approve";
}

TEST(metric_list, the_reference_shows_it) {
  const auto path = std::filesystem::path(EVD_SOURCE_DIR) / "docs/reference/metrics.md";
  const std::string begin = "<!-- metrics: from src/telemetry/metric_list.cpp -->\n";
  const std::string end = "<!-- metrics end -->\n";
  auto page = read_file(path);
  const auto from = page.find(begin);
  const auto to = page.find(end);
  ASSERT_NE(from, std::string::npos);
  ASSERT_NE(to, std::string::npos);
  const auto at = from + begin.size();
  if (std::getenv("EVD_APPROVE") != nullptr) {
    std::ofstream(path) << page.replace(at, to - at, telemetry::metrics_as_markdown());
    return;
  }
  EXPECT_EQ(page.substr(at, to - at), telemetry::metrics_as_markdown())
      << "docs/reference/metrics.md differs; tests/golden/approve writes it anew";
}

TEST(metric_list, names_are_sorted_with_base_units_and_labels_that_are_bounded) {
  std::string before;
  for (const auto& row : telemetry::metric_list()) {
    const std::string name(row.name);
    EXPECT_LT(before, name);
    before = name;
    EXPECT_TRUE(name.starts_with("evd_"));
    EXPECT_EQ(name.ends_with("_total"), row.kind == telemetry::metric_kind::counter) << name;
    for (const auto* unit : {"milliseconds", "_ms", "micro", "minutes", "kilobytes", "_mb"}) {
      EXPECT_EQ(name.find(unit), std::string::npos) << name;
    }
    const std::set<std::string> allowed{"module", "command", "subscription", "outcome", "reason",
                                        "route",  "method",  "status",       "version"};
    for (const auto& label : words(row.labels)) EXPECT_TRUE(allowed.contains(label)) << name << ' ' << label;
  }
}

struct order {
  std::string id;
  int amount = 0;
};
struct ordered {
  static constexpr evd::event event{"Shop.ordered", 1};
  std::string id;
  int amount = 0;
};

class metrics_test : public application_test {
 protected:
  metrics_test() {
    settings.http = "127.0.0.1:0";
    remake();
  }
  void register_shop() {
    auto& shop = application->module("Shop");
    shop.command("order", [](const order& input, context& ctx) {
      if (input.amount < 0) throw rejected("an order of less than nothing");
      if (input.amount == 13) throw std::runtime_error("unlucky");
      ctx.publish(ordered{input.id, input.amount});
    });
    shop.query("count", [](const order& input, context&) { return input; });
    application->module("Payment").on<ordered>("collect", quick(3), [](const ordered& event, context& ctx) {
      if (event.amount == 2 && ctx.attempt() < 2) throw std::runtime_error("not yet");
      if (event.amount == 4) throw std::runtime_error("never");
      if (event.amount == 5) throw permanent_error("not at all");
    });
  }
  test::response ask(const std::string& address, std::string_view target) {
    test::client one(address);
    one.send(test::request("GET", target));
    return one.read().value_or(test::response{});
  }
  exposition scrape() {
    const auto got = ask(application->metrics_address(), "/metrics");
    EXPECT_EQ(got.status, 200);
    EXPECT_EQ(got.headers.at("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    auto read = read_exposition(got.body);
    EXPECT_THAT(read.problems, IsEmpty()) << got.body;
    return read;
  }
  void post(const std::string& input) {
    test::client one(application->http_address());
    one.send(test::request("POST", "/commands/order", input));
    one.read();
  }
};

TEST_F(metrics_test, what_happened_is_counted_under_names_that_are_registered) {
  register_shop();
  start();
  for (const int amount : {1, 2, 3, 4, 5, -1, 13}) {
    post(R"({"id":"o)" + std::to_string(amount) + R"(","amount":)" + std::to_string(amount) + "}");
  }
  post("{}");
  (void)application->call("nothingOfTheKind", "{}");
  (void)application->call("count", R"({"id":"q","amount":1})");
  wait_until_idle();

  const auto page = scrape();
  const auto commands = [&](const char* outcome) {
    return page.value("evd_commands_total", {{"module", "Shop"}, {"command", "order"}, {"outcome", outcome}});
  };
  EXPECT_EQ(commands("succeeded"), 5);
  EXPECT_EQ(commands("rejected"), 1);
  EXPECT_EQ(commands("failed"), 1);
  EXPECT_EQ(commands("refused"), 1);
  EXPECT_EQ(page.value("evd_commands_total", {{"module", "other"}, {"command", "other"}, {"outcome", "refused"}}), 1);
  EXPECT_EQ(page.value("evd_command_duration_seconds_count", {{"module", "Shop"}, {"command", "order"}}), 7);
  EXPECT_EQ(page.value("evd_command_duration_seconds_count", {{"module", "Shop"}, {"command", "count"}}), 1);
  EXPECT_EQ(page.value("evd_events_published_total", {{"module", "Shop"}}), 5);
  EXPECT_GT(page.value("evd_events_published_bytes_total", {{"module", "Shop"}}), 5 * 10);

  const label_set collect{{"module", "Payment"}, {"subscription", "collect"}};
  const auto deliveries = [&](const char* outcome) {
    auto labels = collect;
    labels["outcome"] = outcome;
    return page.value("evd_deliveries_total", labels);
  };
  EXPECT_EQ(deliveries("handled"), 3);
  EXPECT_EQ(deliveries("retry"), 1 + 2);
  EXPECT_EQ(deliveries("dead_letter"), 2);
  EXPECT_EQ(page.value("evd_delivery_duration_seconds_count", collect), 8);
  EXPECT_EQ(page.value("evd_delivery_latency_seconds_count", collect), 5) << "once an event, retries do not count";
  auto exhausted = collect;
  exhausted["reason"] = "attempts_exhausted";
  EXPECT_EQ(page.value("evd_dead_letters_total", exhausted), 1);
  EXPECT_EQ(page.value("evd_dead_letters_open", collect), 2);
  EXPECT_EQ(page.value("evd_subscription_pending_events", collect), 0);
  EXPECT_EQ(page.value("evd_subscription_oldest_event_age_seconds", collect), 0);
  EXPECT_EQ(page.value("evd_log_up"), 1);
  EXPECT_GT(page.value("evd_log_bytes"), 0);
  EXPECT_GT(page.value("evd_worker_threads"), 0);
  EXPECT_EQ(page.value("evd_http_requests_total", {{"route", "/commands/"}, {"method", "POST"}, {"status", "200"}}), 5);
  EXPECT_EQ(page.value("evd_http_requests_total", {{"route", "/commands/"}, {"method", "POST"}, {"status", "422"}}), 1);
}

TEST_F(metrics_test, whatever_clients_send_makes_no_series) {
  register_shop();
  start();
  for (int i = 0; i < 50; ++i) {
    test::client one(application->http_address());
    one.send(test::request("M" + std::string(1, static_cast<char>('A' + i % 26)), "/path/" + std::to_string(i)));
    one.read();
    (void)application->call("command" + std::to_string(i), "{}");
  }
  const auto page = scrape();
  std::set<std::string> routes;
  std::set<std::string> methods;
  for (const auto& one : page.families.at("evd_http_requests_total").samples) {
    routes.insert(one.labels.at("route"));
    methods.insert(one.labels.at("method"));
  }
  EXPECT_THAT(routes, Each(testing::AnyOf("other", "/metrics")));
  EXPECT_THAT(methods, Each(testing::AnyOf("other", "GET")));
  EXPECT_EQ(page.families.at("evd_commands_total").samples.size(), 3U * 7U) << "order, count, other";
}

// With a store apart from the log, a collector and traffic, every metric of the list is on the page, and no other.
TEST_F(metrics_test, the_page_has_every_metric_of_the_list_with_its_type_help_and_labels) {
  collector there;
  settings.store = "embedded:" + (folder.path / "store.db").string();
  settings.otel = {{"OTEL_EXPORTER_OTLP_ENDPOINT", there.url()}};
  remake();
  register_shop();
  start();
  post(R"({"id":"o","amount":4})");
  wait_until_idle();
  const label_set collect{{"module", "Payment"}, {"subscription", "collect"}};
  auto page = scrape();
  // The recorder comes after, and log and store are asked once a second.
  const auto deadline = std::chrono::steady_clock::now() + 20s;
  while (page.value("evd_dead_letters_open", collect) != 1 && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(20ms);
    page = scrape();
  }
  EXPECT_EQ(page.value("evd_dead_letters_open", collect), 1);
  EXPECT_GT(page.value("evd_recorder_records_total"), 0);
  EXPECT_EQ(page.value("evd_store_up"), 1);

  std::vector<std::string> listed;
  for (const auto& row : telemetry::metric_list()) {
    listed.emplace_back(row.name);
    const auto found = page.families.find(listed.back());
    if (found == page.families.end()) continue;
    EXPECT_EQ(found->second.type, telemetry::name_of(row.kind)) << row.name;
    EXPECT_EQ(found->second.help, row.help) << row.name;
    for (const auto& one : found->second.samples) {
      std::set<std::string> labels;
      for (const auto& [name, value] : one.labels) {
        if (name != "le") labels.insert(name);
      }
      EXPECT_EQ(labels, words(row.labels)) << row.name;
    }
  }
  std::vector<std::string> there_are;
  for (const auto& [name, family] : page.families) there_are.push_back(name);
  EXPECT_THAT(there_are, UnorderedElementsAreArray(listed));
}

TEST_F(metrics_test, an_address_of_their_own_has_the_metrics_and_the_probes_and_nothing_else) {
  settings.metrics = "127.0.0.1:0";
  remake();
  register_shop();
  start();
  const auto own = application->metrics_address();
  EXPECT_NE(own, application->http_address());
  EXPECT_EQ(scrape().value("evd_log_up"), 1);
  EXPECT_EQ(ask(own, "/livez").status, 200);
  EXPECT_EQ(ask(own, "/readyz").status, 200);
  EXPECT_EQ(ask(own, "/").status, 404);
  EXPECT_EQ(ask(own, "/commands/order").status, 404);
  EXPECT_EQ(ask(application->http_address(), "/metrics").status, 404);
}

TEST_F(metrics_test, they_can_be_had_without_http_and_be_turned_off) {
  settings.http = "";
  settings.metrics = "127.0.0.1:0";
  remake();
  register_shop();
  start();
  EXPECT_EQ(scrape().value("evd_log_up"), 1);

  settings.http = "127.0.0.1:0";
  settings.metrics = "off";
  settings.broker = "embedded:" + (folder.path / "other.db").string();
  remake();
  register_shop();
  start();
  EXPECT_EQ(application->metrics_address(), "");
  EXPECT_EQ(ask(application->http_address(), "/metrics").status, 404);
}

TEST_F(metrics_test, a_wrong_setting_is_said) {
  settings.metrics = "yes";
  remake();
  const auto started = application->start();
  ASSERT_FALSE(started);
  EXPECT_THAT(started.error().to_string(), HasSubstr("'yes' is neither on nor off"));
}

}  // namespace
}  // namespace evd::tests
