#pragma once
/// Tables for people: columns as wide as their content, fitted to the terminal.

#include <string>
#include <string_view>
#include <vector>

#include "shared/terminal.hpp"

namespace evd::cli {

enum class align : std::uint8_t { left, right };
enum class fit : std::uint8_t {
  keep,    ///< never cut: ids and numbers are there to be copied
  shrink,  ///< cut with `…` when the table would be wider than the terminal
};

struct column {
  std::string title;
  align side = align::left;
  fit how = fit::keep;
};

/// One line of text, made harmless; `how` colours it.
struct cell {
  std::string text;
  tone how = tone::plain;
};

class table {
 public:
  explicit table(std::vector<column> columns) : columns_(std::move(columns)) {}

  /// REQUIRES: as many cells as columns.
  void add(std::vector<cell> row);
  [[nodiscard]] bool empty() const { return rows_.empty(); }

  /// Heading and rows, each ending in a line break, at most `width` columns wide as far as `fit` allows.
  [[nodiscard]] std::string draw(std::size_t width, const painter& paint) const;

 private:
  [[nodiscard]] std::vector<std::size_t> widths(std::size_t available) const;

  std::vector<column> columns_;
  std::vector<std::vector<cell>> rows_;
};

}  // namespace evd::cli
