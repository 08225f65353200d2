#pragma once
/// Prints figures as they come: a table for people, or one JSON object a line.

#include <cstddef>

#include "shared/figure.hpp"

namespace evd::bench {

class report {
 public:
  enum class format { table, json };

  /// `name_width`: of the longest name, in characters.
  report(format as, std::size_t name_width) : as_(as), name_width_(name_width) {}

  /// JSON: `name`, `unit`, `value`, `raw`, `ratio` (value / raw), `better`, `runs`, `lowest`, `highest`; numbers with
  /// six significant digits, null for what there is not.
  void add(const figure& one);

 private:
  format as_;
  std::size_t name_width_;
  bool has_head_ = false;
};

}  // namespace evd::bench
