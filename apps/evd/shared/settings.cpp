#include "shared/settings.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "shared/exit_code.hpp"
#include "shared/text.hpp"

namespace evd::cli {
namespace {

// Read before there is a second thread.
std::string environment(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
  return value == nullptr ? std::string{} : std::string{value};
}

colour_choice read_colour(const std::string& text, const std::string& where) {
  if (text == "auto") return colour_choice::automatic;
  if (text == "always") return colour_choice::always;
  if (text == "never") return colour_choice::never;
  fail_usage(where, "'" + text + "' is none of auto, always, never");
}

/// Settings of applications, which may share the file.
constexpr std::string_view not_ours[] = {"http",           "instance", "durability", "drain",    "max_log_bytes",
                                         "max_body_bytes", "threads",  "metrics",    "ready_lag"};

std::string text_of(const toml::node& node, const std::string& where) {
  if (const auto text = node.value_exact<std::string>()) return *text;
  fail_usage(where, "expected a string in quotes");
}

bool flag_of(const toml::node& node, const std::string& where) {
  if (const auto flag = node.value_exact<bool>()) return *flag;
  fail_usage(where, "expected true or false");
}

void read_entry(std::string_view name, const toml::node& node, const std::string& path, settings& into) {
  const std::string where = path + ':' + std::to_string(node.source().begin.line) + ": " + std::string(name);
  if (name == "url" || name == "broker") {
    into.url = text_of(node, where);
    into.url_from = path;
  } else if (name == "store") {
    into.store = text_of(node, where);
  } else if (name == "color") {
    into.color = read_colour(text_of(node, where), where);
  } else if (name == "utc") {
    into.utc = flag_of(node, where);
  } else if (std::find(std::begin(not_ours), std::end(not_ours), name) == std::end(not_ours)) {
    const auto meant = closest(name, {"url", "store", "color", "utc"});
    fail_usage(where, "there is no such setting",
               meant.empty() ? "known are url, store, color and utc" : "did you mean '" + meant + "'?");
  }
}

void read_file(const std::string& path, settings& into) {
  toml::table file;
  try {
    file = toml::parse_file(path);
  } catch (const toml::parse_error& wrong) {
    const auto line = wrong.source().begin.line;
    fail_usage("read the configuration",
               path + (line == 0 ? "" : ":" + std::to_string(line)) + ": " + std::string(wrong.description()),
               "--config and EVD_CONFIG name the file");
  }
  for (const auto& [key, node] : file) read_entry(key.str(), node, path, into);
}

/// The file to read; empty: none.
std::string file_to_read(const flags& given) {
  if (!given.config.empty()) return given.config;
  if (auto named = environment("EVD_CONFIG"); !named.empty()) return named;
  auto base = environment("XDG_CONFIG_HOME");
  if (base.empty()) {
    const auto home = environment("HOME");
    if (home.empty()) return {};
    base = home + "/.config";
  }
  auto path = base + "/evd/config.toml";
  std::error_code unreadable;
  return std::filesystem::exists(path, unreadable) ? path : std::string{};
}

void read_environment(settings& into) {
  for (const char* name : {"EVD_BROKER", "EVD_URL"}) {
    if (auto value = environment(name); !value.empty()) {
      into.url = std::move(value);
      into.url_from = name;
    }
  }
  if (auto value = environment("EVD_STORE"); !value.empty()) into.store = std::move(value);
  if (const auto value = environment("EVD_NOW"); !value.empty()) {
    auto now = parse_rfc3339(value);
    if (!now) fail_usage("EVD_NOW", "'" + value + "' is no RFC 3339 time");
    into.now = *now;
  }
}

}  // namespace

settings settings::from(const flags& given) {
  settings made;
  if (const auto path = file_to_read(given); !path.empty()) read_file(path, made);
  read_environment(made);
  if (!given.url.empty()) {
    made.url = given.url;
    made.url_from = "--url";
  }
  if (!given.store.empty()) made.store = given.store;
  if (!given.color.empty()) made.color = read_colour(given.color, "--color");
  made.json = given.json;
  made.utc = made.utc || given.utc;
  return made;
}

}  // namespace evd::cli
