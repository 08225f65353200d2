#include "shared/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <cstring>

namespace evd::cli {
namespace {

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view{} : std::string_view{value};
}

std::string_view code_of(tone how) {
  switch (how) {
    case tone::dim:
      return "\x1b[2m";
    case tone::bold:
      return "\x1b[1m";
    case tone::good:
      return "\x1b[32m";
    case tone::warn:
      return "\x1b[33m";
    case tone::bad:
      return "\x1b[31m";
    case tone::accent:
      return "\x1b[36m";
    case tone::plain:
      break;
  }
  return {};
}

}  // namespace

std::string painter::operator()(tone how, std::string_view text) const {
  const auto code = code_of(how);
  if (!colours_ || code.empty() || text.empty()) return std::string(text);
  return std::string(code).append(text).append("\x1b[0m");
}

bool is_terminal(int descriptor) {
  return ::isatty(descriptor) == 1;
}

bool wants_colours(colour_choice choice, int descriptor) {
  if (choice != colour_choice::automatic) return choice == colour_choice::always;
  return is_terminal(descriptor) && environment("NO_COLOR").empty() && environment("TERM") != "dumb";
}

std::size_t output_width() {
  const auto wanted = environment("COLUMNS");
  std::size_t columns = 0;
  const auto read = std::from_chars(wanted.data(), wanted.data() + wanted.size(), columns);
  if (!wanted.empty() && read.ec == std::errc{} && columns > 0) return columns;
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return unlimited_width;
}

}  // namespace evd::cli
