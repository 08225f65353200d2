#pragma once
/// What is known about the terminal: whether there is one, how wide it is, whether it gets colours.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace evd::cli {

enum class colour_choice : std::uint8_t { automatic, always, never };

/// What a colour says; which colour that is stands in one place, `painter`.
enum class tone : std::uint8_t { plain, dim, bold, good, warn, bad, accent };

/// Colours text, or leaves it as it is.
class painter {
 public:
  painter() = default;
  explicit painter(bool colours) : colours_(colours) {}
  [[nodiscard]] bool colours() const { return colours_; }
  [[nodiscard]] std::string operator()(tone how, std::string_view text) const;

 private:
  bool colours_ = false;
};

/// Whether `descriptor` is a terminal.
[[nodiscard]] bool is_terminal(int descriptor);

/// Whether what is written to `descriptor` is coloured: `always`, `never`, or when it is a terminal, NO_COLOR is unset
/// or empty (no-color.org) and TERM is not `dumb`.
[[nodiscard]] bool wants_colours(colour_choice choice, int descriptor);

inline constexpr std::size_t unlimited_width = std::numeric_limits<std::size_t>::max();

/// Columns of standard output: COLUMNS, else the terminal's; unlimited when neither is known, so that pipes get all.
[[nodiscard]] std::size_t output_width();

}  // namespace evd::cli
