#pragma once
/// The command line that all benchmark programs share: `[--json] [--quick] [--list] [--alone] [--runs=N] [NAME...]`.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace evd::bench {

struct arguments {
  bool json = false;
  bool quick = false;    ///< less of everything: shows that it runs, and roughly what comes out
  bool list = false;     ///< print the names and end
  std::size_t runs = 0;  ///< of each side; 0: as many as usual
  bool alone = false;    ///< for profilers: evd's side only, nothing beside it, for some seconds
  std::vector<std::string> names;

  /// Whether `name` was asked for: by itself, by what it begins with (`publish`, `publish-batch`), or, without names,
  /// like all others.
  [[nodiscard]] bool wants(std::string_view name) const;
};

/// None: there is an option that nobody knows; it was said on standard error.
[[nodiscard]] std::optional<arguments> parse_arguments(int count, char** values);

}  // namespace evd::bench
