#include "shared/text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cwchar>
#include <numeric>

namespace evd::cli {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";
constexpr std::string_view ellipsis = "…";

struct code_point {
  char32_t value = 0;
  std::size_t length = 1;
  bool valid = false;
};

/// Decodes the first code point of `text` (not empty); an invalid byte stands for itself.
code_point first_of(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1, true};
  const std::size_t length = lead >= 0xF0 && lead < 0xF5 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 0;
  if (length == 0 || lead >= 0xF5 || text.size() < length) return {};
  char32_t value = lead & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return {};
    value = value << 6U | (byte(i) & 0x3FU);
  }
  const bool overlong = (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
  if (overlong || value > 0x10FFFF || (value >= 0xD800 && value < 0xE000)) return {};
  return {value, length, true};
}

/// C0, DEL and C1 steer terminals; U+202A.. and U+2066.. turn the direction of what follows.
bool steers(char32_t value) {
  return value < 0x20 || (value >= 0x7F && value < 0xA0) || (value >= 0x202A && value <= 0x202E) ||
         (value >= 0x2066 && value <= 0x2069);
}

std::size_t width_of(char32_t value) {
  const int width = wcwidth(static_cast<wchar_t>(value));
  return width < 0 ? 1 : static_cast<std::size_t>(width);
}

std::string harmless(std::string_view text, std::string_view kept) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto next = first_of(text);
    if (!next.valid) {
      out += replacement;
    } else if (steers(next.value) && (next.value > 0x7F || kept.find(static_cast<char>(next.value)) == kept.npos)) {
      out += ' ';
    } else {
      out += text.substr(0, next.length);
    }
    text.remove_prefix(next.length);
  }
  return out;
}

std::string fraction(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), value < 10 ? "%.1f" : "%.0f", value);
  std::string out = text.data();
  if (out.ends_with(".0")) out.resize(out.size() - 2);
  return out;
}

/// Two neighbouring units of a duration of at least a minute.
std::string two_units(std::int64_t seconds) {
  struct unit {
    std::int64_t seconds;
    std::string_view name;
  };
  static constexpr unit units[] = {{86400, "d"}, {3600, "h"}, {60, "m"}, {1, "s"}};
  const auto* large = std::find_if(std::begin(units), std::end(units), [&](auto u) { return seconds >= u.seconds; });
  if (large == std::end(units)) return "0s";
  std::string out = std::to_string(seconds / large->seconds) + std::string(large->name);
  const auto* small = std::next(large);
  if (small == std::end(units)) return out;
  const auto rest = seconds % large->seconds / small->seconds;
  return rest == 0 ? out : out + ' ' + std::to_string(rest) + std::string(small->name);
}

std::size_t edits(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const bool same =
          std::tolower(static_cast<unsigned char>(a[i])) == std::tolower(static_cast<unsigned char>(b[j]));
      const auto replaced = diagonal + (same ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string one_line(std::string_view text) {
  return harmless(text, "");
}
std::string printable(std::string_view text) {
  return harmless(text, "\n");
}

std::size_t columns_of(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) {
    const auto next = first_of(text);
    columns += next.valid ? width_of(next.value) : 1;
    text.remove_prefix(next.length);
  }
  return columns;
}

std::string cut(std::string_view text, std::size_t width) {
  if (columns_of(text) <= width) return std::string(text);
  if (width == 0) return {};
  std::string out;
  std::size_t used = 0;
  while (!text.empty()) {
    const auto next = first_of(text);
    const auto columns = next.valid ? width_of(next.value) : 1;
    if (used + columns > width - 1) break;
    out += text.substr(0, next.length);
    used += columns;
    text.remove_prefix(next.length);
  }
  while (out.ends_with(' ')) out.pop_back();
  return out.append(ellipsis);
}

std::string relative(timestamp when, timestamp now) {
  const auto distance = std::chrono::duration_cast<std::chrono::seconds>(when - now).count();
  if (distance == 0) return "now";
  return distance < 0 ? two_units(-distance) + " ago" : "in " + two_units(distance);
}

std::string span(std::chrono::microseconds duration) {
  const auto micro = duration.count();
  if (micro < 1'000) return std::to_string(micro) + "µs";
  if (micro < 1'000'000) return fraction(static_cast<double>(micro) / 1e3) + "ms";
  if (micro < 60'000'000) return fraction(static_cast<double>(micro) / 1e6) + "s";
  return two_units(micro / 1'000'000);
}

std::string bytes(std::uint64_t count) {
  static constexpr std::string_view units[] = {"KiB", "MiB", "GiB", "TiB", "PiB"};
  if (count < 1024) return std::to_string(count) + " B";
  auto value = static_cast<double>(count) / 1024;
  std::size_t unit = 0;
  for (; value >= 1024 && unit + 1 < std::size(units); ++unit) value /= 1024;
  return fraction(value) + ' ' + std::string(units[unit]);
}

std::string number(std::uint64_t value) {
  std::string digits = std::to_string(value);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), 1, ',');
  }
  return digits;
}

std::string counted(std::uint64_t count, std::string_view one, std::string_view many) {
  return number(count).append(" ").append(count == 1 ? one : many);
}

std::string closest(std::string_view text, const std::vector<std::string>& candidates) {
  std::string best;
  std::size_t fewest = std::max<std::size_t>(2, text.size() / 3) + 1;
  for (const auto& candidate : candidates) {
    if (const auto distance = edits(text, candidate); distance < fewest) {
      fewest = distance;
      best = candidate;
    }
  }
  return best;
}

}  // namespace evd::cli
