#pragma once
/// What a command prints. Standard output carries the answer alone: text for people, or JSON with --json; everything
/// about the answer (notes, progress, errors) goes to standard error.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <evd/error.hpp>
#include <evd/time.hpp>

#include "shared/settings.hpp"
#include "shared/table.hpp"
#include "shared/terminal.hpp"

namespace evd::cli {

/// Thrown when nobody reads standard output any more, as in `evd events list | head -1`: an ordinary end.
struct output_closed {};

/// A labelled value of `output::fields`.
struct field {
  std::string label;
  cell value;
};

class output {
 public:
  output() = default;
  explicit output(const settings& how);

  [[nodiscard]] bool json() const { return json_; }
  [[nodiscard]] std::size_t width() const { return width_; }
  [[nodiscard]] const painter& paint() const { return paint_; }
  [[nodiscard]] timestamp now() const;

  /// A time for people: "3s ago", or RFC 3339 in UTC with --utc.
  [[nodiscard]] std::string when(timestamp moment) const;
  /// Both ways, for where there is room: "2026-03-05T12:00:00Z, 3s ago".
  [[nodiscard]] std::string when_exactly(timestamp moment) const;

  /// Text as it stands. Errors: throws `output_closed`.
  void text(std::string_view content) const;
  void line(std::string_view content) const { text(std::string(content) + '\n'); }
  void rows(const table& content) const { text(content.draw(width_, paint_)); }
  void heading(std::string_view title) const { line(paint_(tone::bold, title)); }
  /// Label and value, one pair a line, values below each other; pairs with an empty value are left out.
  void fields(const std::vector<field>& pairs) const;
  /// JSON text, indented for people.
  void json_block(std::string_view json) const;

  /// The one JSON document that is the answer.
  void document(std::string_view json) const;
  /// One object of a list: compact, on a line of its own.
  void item(std::string_view json) const { line(json); }
  /// Hands everything on; a reader of a pipe sees it now.
  void flush() const;

  /// A remark on standard error, for people only.
  void note(std::string_view remark) const;
  /// Why the program ends, on standard error: as text, or as one JSON object with --json.
  void problem(const evd::error& why) const;

 private:
  bool json_ = false;
  bool utc_ = false;
  std::optional<timestamp> now_;
  std::size_t width_ = unlimited_width;
  painter paint_;
  painter paint_errors_;
};

}  // namespace evd::cli
