#pragma once
/// An error as `--json` shows it.

#include <string>
#include <vector>

#include <evd/error.hpp>

namespace evd::cli {

struct error_body {
  std::string code;
  std::string where;
  std::string detail;
  std::string hint;
  std::vector<problem> problems;
};

struct error_view {
  error_body error;

  [[nodiscard]] static error_view of(const evd::error& why) {
    return {{std::string(describe(why.code).name), why.where, why.detail, why.hint, why.problems}};
  }
};

}  // namespace evd::cli
