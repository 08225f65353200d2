#include <evd/config.hpp>

#include <toml++/toml.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <functional>
#include <map>
#include <optional>

#include <evd/time.hpp>

namespace evd {

namespace {

// A setting: its name in the file, its variable, and how its text becomes a member. An answer is what is wrong.
struct setting {
  std::string_view name;
  const char* variable;
  std::function<std::string(config&, const std::string&)> read;
};

template <class Number>
std::string read_number(const std::string& text, Number& into) {
  const auto* end = text.data() + text.size();
  const auto [stop, failed] = std::from_chars(text.data(), end, into);
  if (failed == std::errc{} && stop == end) return {};
  return "'" + text + "' is no whole number from 0 up";
}

std::string read_duration(const std::string& text, std::chrono::milliseconds& into) {
  const auto duration = parse_duration(text);
  if (!duration) return duration.error().detail;
  into = *duration;
  return {};
}

std::string read_durability(const std::string& text, durability& into) {
  if (text == "process") {
    into = durability::process;
  } else if (text == "power_loss") {
    into = durability::power_loss;
  } else {
    return "'" + text + "' is neither process nor power_loss";
  }
  return {};
}

const std::vector<setting>& settings() {
  static const std::vector<setting> all{
      {"broker", "EVD_BROKER", [](config& c, const std::string& t) { return c.broker = t, std::string(); }},
      {"store", "EVD_STORE", [](config& c, const std::string& t) { return c.store = t, std::string(); }},
      {"http", "EVD_HTTP", [](config& c, const std::string& t) { return c.http = t, std::string(); }},
      {"instance", "EVD_INSTANCE", [](config& c, const std::string& t) { return c.instance = t, std::string(); }},
      {"durability", "EVD_DURABILITY",
       [](config& c, const std::string& t) { return read_durability(t, c.durability); }},
      {"max_log_bytes", "EVD_MAX_LOG_BYTES",
       [](config& c, const std::string& t) { return read_number(t, c.max_log_bytes); }},
      {"max_body_bytes", "EVD_MAX_BODY_BYTES",
       [](config& c, const std::string& t) { return read_number(t, c.max_body_bytes); }},
      {"drain", "EVD_DRAIN", [](config& c, const std::string& t) { return read_duration(t, c.drain); }},
      {"metrics", "EVD_METRICS", [](config& c, const std::string& t) { return c.metrics = t, std::string(); }},
      {"ready_lag", "EVD_READY_LAG", [](config& c, const std::string& t) { return read_duration(t, c.ready_lag); }},
      {"threads", "EVD_THREADS", [](config& c, const std::string& t) { return read_number(t, c.threads); }},
      {"name_space", "EVD_NAMESPACE",
       [](config& c, const std::string& t) { return c.nats.name_space = t, std::string(); }},
      {"nats_credentials", "EVD_NATS_CREDENTIALS",
       [](config& c, const std::string& t) { return c.nats.credentials = t, std::string(); }},
      {"nats_nkey", "EVD_NATS_NKEY", [](config& c, const std::string& t) { return c.nats.nkey = t, std::string(); }},
      {"nats_nkey_seed", "EVD_NATS_NKEY_SEED",
       [](config& c, const std::string& t) { return c.nats.nkey_seed = t, std::string(); }},
      {"nats_user", "EVD_NATS_USER", [](config& c, const std::string& t) { return c.nats.user = t, std::string(); }},
      {"nats_password", "EVD_NATS_PASSWORD",
       [](config& c, const std::string& t) { return c.nats.password = t, std::string(); }},
      {"nats_tls_ca", "EVD_NATS_TLS_CA",
       [](config& c, const std::string& t) { return c.nats.tls_ca = t, std::string(); }},
      {"nats_tls_cert", "EVD_NATS_TLS_CERT",
       [](config& c, const std::string& t) { return c.nats.tls_cert = t, std::string(); }},
      {"nats_tls_key", "EVD_NATS_TLS_KEY",
       [](config& c, const std::string& t) { return c.nats.tls_key = t, std::string(); }},
      {"nats_replicas", "EVD_NATS_REPLICAS",
       [](config& c, const std::string& t) { return read_number(t, c.nats.replicas); }},
  };
  return all;
}

void read_file(const std::string& path, config& into) {
  toml::table file;
  try {
    file = toml::parse_file(path);
  } catch (const toml::parse_error& wrong) {
    const auto at = wrong.source().begin;
    into.problems.push_back(
        {"EVD_CONFIG", path + ":" + std::to_string(at.line) + ": " + std::string(wrong.description())});
    return;
  }
  for (const auto& [key, node] : file) {
    const std::string_view name = key.str();
    const setting* known = nullptr;
    for (const auto& candidate : settings()) {
      if (candidate.name == name) known = &candidate;
    }
    const std::string where = path + ": " + std::string(name);
    if (known == nullptr) {
      into.problems.push_back({where, "there is no such setting"});
      continue;
    }
    std::optional<std::string> text = node.value<std::string>();
    if (!text) {
      if (const auto number = node.value<std::int64_t>()) text = std::to_string(*number);
    }
    const auto wrong = text ? known->read(into, *text) : std::string("expected a string or a whole number");
    if (!wrong.empty()) into.problems.push_back({where, wrong});
  }
}

}  // namespace

config config::from_environment() {
  config made;
  // NOLINTBEGIN(concurrency-mt-unsafe): read before the application has threads
  if (const char* path = std::getenv("EVD_CONFIG"); path != nullptr && *path != '\0') read_file(path, made);
  for (const auto& known : settings()) {
    const char* value = std::getenv(known.variable);
    if (value == nullptr) continue;
    const auto wrong = known.read(made, value);
    if (!wrong.empty()) made.problems.push_back({known.variable, wrong});
  }
  for (char** each = environ; each != nullptr && *each != nullptr; ++each) {
    const std::string_view variable = *each;
    const auto equals = variable.find('=');
    if (!variable.starts_with("OTEL_") || equals == std::string_view::npos) continue;
    made.otel.emplace(variable.substr(0, equals), variable.substr(equals + 1));
  }
  // NOLINTEND(concurrency-mt-unsafe)
  return made;
}

result<void> config::validate() const {
  auto wrong = problems;
  if (broker.empty()) wrong.push_back({"broker", "it is empty; `embedded:PATH` names the embedded engine's file"});
  if (max_body_bytes == 0) wrong.push_back({"max_body_bytes", "it is 0: no command could be called"});
  if (drain.count() < 0) wrong.push_back({"drain", "it is negative"});
  if (ready_lag.count() < 0) wrong.push_back({"ready_lag", "it is negative"});
  if (metrics != "on" && metrics != "off" && metrics.rfind(':') == std::string::npos) {
    wrong.push_back({"metrics", "'" + metrics + "' is neither on nor off nor of the form ADDRESS:PORT"});
  }
  if (!http.empty() && http.rfind(':') == std::string::npos) {
    wrong.push_back({"http", "'" + http + "' is not of the form ADDRESS:PORT, as in 127.0.0.1:8080"});
  }
  if (wrong.empty()) return {};
  std::string detail;
  for (const auto& one : wrong) detail += (detail.empty() ? "" : "; ") + one.pointer + ": " + one.message;
  return error{errc::invalid_configuration, "configuration", detail,
               "docs/reference/configuration.md lists every setting", wrong};
}

}  // namespace evd
