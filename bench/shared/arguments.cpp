#include "shared/arguments.hpp"

#include <algorithm>
#include <cstdio>

namespace evd::bench {

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
    } else if (one.starts_with("-")) {
      std::fprintf(stderr, "%s: no such option; use: %s [--json] [--quick] [--list] [--alone] [NAME...]\n", values[at],
                   values[0]);
      return std::nullopt;
    } else {
      read.names.emplace_back(one);
    }
  }
  return read;
}

}  // namespace evd::bench
