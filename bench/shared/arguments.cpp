#include "shared/arguments.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>

namespace evd::bench {
namespace {

// 0: it is none.
std::size_t number_of(std::string_view text) {
  std::size_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  return problem == std::errc{} && end == text.data() + text.size() ? number : 0;
}

}  // namespace

bool arguments::wants(std::string_view name) const {
  return names.empty() || std::any_of(names.begin(), names.end(), [&](const std::string& wanted) {
           return name == wanted || (name.starts_with(wanted) && name[wanted.size()] == '-');
         });
}

std::optional<arguments> parse_arguments(int count, char** values) {
  arguments read;
  for (int at = 1; at < count; ++at) {
    const std::string_view one = values[at];
    if (one == "--json") {
      read.json = true;
    } else if (one == "--quick") {
      read.quick = true;
    } else if (one == "--list") {
      read.list = true;
    } else if (one == "--alone") {
      read.alone = true;
    } else if (one.starts_with("--runs=") && number_of(one.substr(7)) > 0) {
      read.runs = number_of(one.substr(7));
    } else if (one.starts_with("-")) {
      std::fprintf(stderr, "%s: no such option; use: %s [--json] [--quick] [--list] [--alone] [--runs=N] [NAME...]\n",
                   values[at], values[0]);
      return std::nullopt;
    } else {
      read.names.emplace_back(one);
    }
  }
  return read;
}

}  // namespace evd::bench
