#include "telemetry/otel_settings.hpp"

#include <errno.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

namespace evd::telemetry {

namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::string lower(std::string_view text) {
  std::string made(text);
  for (char& c : made) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return made;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char small = static_cast<char>(c | 0x20);
  return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

// What is no encoding stays as it is.
std::string percent_decoded(std::string_view text) {
  std::string made;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
    if (low >= 0) {
      made += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      made += text[i];
    }
  }
  return made;
}

class reader {
 public:
  reader(const std::map<std::string, std::string>& variables, otel_settings& into)
      : variables_(variables), into_(into) {}

  void read() {
    read_endpoint();
    read_pairs("OTEL_EXPORTER_OTLP_HEADERS", [this](std::string name, std::string value) { add_header(name, value); });
    read_pairs("OTEL_EXPORTER_OTLP_TRACES_HEADERS",
               [this](std::string name, std::string value) { add_header(name, value); });
    into_.certificate = first_of("OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE", "OTEL_EXPORTER_OTLP_CERTIFICATE");
    read_duration("OTEL_EXPORTER_OTLP_TIMEOUT", into_.timeout);
    read_duration("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", into_.timeout);
    const auto protocol = first_of("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL");
    if (!protocol.empty() && protocol != "http/json") {
      warn("OTEL_EXPORTER_OTLP_PROTOCOL", protocol,
           "only http/json is spoken; collectors take it at the same port as http/protobuf");
    }
    read_resource();
    read_sampler();
    read_size("OTEL_BSP_MAX_QUEUE_SIZE", into_.max_queue);
    read_size("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", into_.max_batch);
    into_.max_batch = std::min(into_.max_batch, into_.max_queue);
    read_duration("OTEL_BSP_SCHEDULE_DELAY", into_.schedule_delay);
    read_duration("OTEL_BSP_EXPORT_TIMEOUT", into_.export_timeout);
  }

 private:
  std::string get(const char* name) const {
    const auto found = variables_.find(name);
    return found == variables_.end() ? std::string() : std::string(trimmed(found->second));
  }
  std::string first_of(const char* special, const char* general) const {
    auto value = get(special);
    return value.empty() ? get(general) : value;
  }
  void warn(std::string_view name, std::string_view value, std::string_view why) {
    into_.warnings.push_back(std::string(name) + ": '" + std::string(value) + "': " + std::string(why));
  }

  void read_endpoint() {
    if (lower(get("OTEL_SDK_DISABLED")) == "true") return;
    const auto exporter = lower(get("OTEL_TRACES_EXPORTER"));
    if (exporter == "none") return;
    if (!exporter.empty() && exporter != "otlp") {
      warn("OTEL_TRACES_EXPORTER", exporter, "only otlp and none are known; no traces are drawn");
      return;
    }
    // The special one is used as it stands; of the general one the signal's path is below it.
    if (auto whole = get("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"); !whole.empty()) {
      into_.traces_url = std::move(whole);
    } else if (auto base = get("OTEL_EXPORTER_OTLP_ENDPOINT"); !base.empty()) {
      while (base.ends_with('/')) base.pop_back();
      into_.traces_url = base + "/v1/traces";
    } else if (exporter == "otlp") {
      into_.traces_url = "http://localhost:4318/v1/traces";
    }
    const auto& url = into_.traces_url;
    if (url.empty() || url.starts_with("http://") || url.starts_with("https://")) return;
    warn("OTEL_EXPORTER_OTLP_ENDPOINT", url, "it does not begin with http:// or https://; no traces are drawn");
    into_.traces_url.clear();
  }

  void add_header(const std::string& name, const std::string& value) {
    if ((name + value).find_first_of("\r\n") != std::string::npos) {
      warn("OTEL_EXPORTER_OTLP_HEADERS", name, "a header has no line breaks");
      return;
    }
    std::erase_if(into_.headers, [&](const auto& other) { return lower(other.first) == lower(name); });
    into_.headers.emplace_back(name, value);
  }

  // `name=value,name=value`, the values percent-encoded.
  template <class Add>
  void read_pairs(const char* variable, const Add& add) {
    const auto text = get(variable);
    for (std::size_t at = 0; at < text.size();) {
      const auto end = std::min(text.find(',', at), text.size());
      const auto pair = trimmed(std::string_view(text).substr(at, end - at));
      at = end + 1;
      if (pair.empty()) continue;
      const auto equals = pair.find('=');
      if (equals == std::string_view::npos || equals == 0) {
        // A value may be a secret: only the place is said.
        warn(variable, "...", "a part of it is not of the form name=value");
        continue;
      }
      add(percent_decoded(trimmed(pair.substr(0, equals))), percent_decoded(trimmed(pair.substr(equals + 1))));
    }
  }

  void read_resource() {
    auto& attributes = into_.resource;
    attributes["service.name"] = std::string("unknown_service:") + program_invocation_short_name;
    read_pairs("OTEL_RESOURCE_ATTRIBUTES",
               [&](std::string name, std::string value) { attributes[std::move(name)] = std::move(value); });
    if (auto name = get("OTEL_SERVICE_NAME"); !name.empty()) attributes["service.name"] = std::move(name);
  }

  void read_sampler() {
    const auto name = lower(get("OTEL_TRACES_SAMPLER"));
    if (name.empty()) return;
    auto root = std::string_view(name);
    telemetry::sampler made;
    made.parent_based = root.starts_with("parentbased_");
    if (made.parent_based) root.remove_prefix(std::string_view("parentbased_").size());
    if (root == "always_on") {
      made.root = sampler::root_kind::always_on;
    } else if (root == "always_off") {
      made.root = sampler::root_kind::always_off;
    } else if (root == "traceidratio") {
      made.root = sampler::root_kind::ratio;
      read_ratio(made.ratio);
    } else {
      return warn("OTEL_TRACES_SAMPLER", name, "no such sampler; it stays parentbased_always_on");
    }
    into_.sampler = made;
  }

  void read_ratio(double& ratio) {
    const auto text = get("OTEL_TRACES_SAMPLER_ARG");
    if (text.empty()) return;
    double read = 0;
    const auto [stop, failed] = std::from_chars(text.data(), text.data() + text.size(), read);
    const bool whole = failed == std::errc{} && stop == text.data() + text.size();
    if (!whole || !(read >= 0 && read <= 1)) {
      return warn("OTEL_TRACES_SAMPLER_ARG", text, "it is no number from 0 to 1; it stays 1");
    }
    ratio = read;
  }

  std::optional<std::uint64_t> number(const char* variable) {
    const auto text = get(variable);
    if (text.empty()) return std::nullopt;
    std::uint32_t read = 0;
    const auto [stop, failed] = std::from_chars(text.data(), text.data() + text.size(), read);
    if (failed == std::errc{} && stop == text.data() + text.size() && read > 0) return read;
    warn(variable, text, "it is no whole number above 0; the default counts");
    return std::nullopt;
  }
  void read_size(const char* variable, std::size_t& into) {
    if (const auto read = number(variable)) into = *read;
  }
  void read_duration(const char* variable, std::chrono::milliseconds& into) {
    if (const auto read = number(variable)) into = std::chrono::milliseconds(*read);
  }

  const std::map<std::string, std::string>& variables_;
  otel_settings& into_;
};

}  // namespace

otel_settings otel_settings::read(const std::map<std::string, std::string>& variables) {
  otel_settings made;
  reader(variables, made).read();
  return made;
}

}  // namespace evd::telemetry
