#pragma once
/// Registers a benchmark of a small part.
///
/// A part `NAME/raw` is what `NAME` is compared with.

#include <benchmark/benchmark.h>

#include <string>
#include <vector>

namespace evd::bench {

inline constexpr std::string_view raw_suffix = "/raw";

/// All parts, in the order in which they were made; before `main`, as objects of the file that measures them.
class part {
 public:
  part(const std::string& name, void (*run)(benchmark::State&)) {
    benchmark::RegisterBenchmark(name.c_str(), run);
    if (!name.ends_with(raw_suffix)) names().push_back(name);
  }

  [[nodiscard]] static std::vector<std::string>& names() {
    static std::vector<std::string> all;
    return all;
  }
};

}  // namespace evd::bench
