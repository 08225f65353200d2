#include "core/duration.hpp"

#include <array>
#include <charconv>

#include <evd/time.hpp>

namespace evd {

namespace {

constexpr std::array<std::string_view, 7> unit_names = {"ns", "us", "ms", "s", "m", "h", "d"};
// How many of a unit make one of the next.
constexpr std::array<std::int64_t, 6> steps = {1000, 1000, 1000, 60, 60, 24};

error bad(std::string_view text, std::string_view why) {
  return error{errc::invalid_input,
               "read a duration",
               '"' + std::string(text.substr(0, 64)) + "\" " + std::string(why),
               "write a whole number and a unit: 250ms, 10s, 5m, 2h or 7d",
               {}};
}

}  // namespace

std::string duration_text(std::int64_t ticks, time_unit unit) {
  if (ticks == 0) return "0s";
  auto at = static_cast<std::size_t>(unit);
  while (at < steps.size() && ticks % steps[at] == 0) ticks /= steps[at++];
  return std::to_string(ticks).append(unit_names[at]);
}

result<std::int64_t> parse_duration_ticks(std::string_view text, time_unit unit) {
  std::int64_t ticks = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), ticks);
  if (failed == std::errc::result_out_of_range) return bad(text, "is too large");
  if (failed != std::errc{}) return bad(text, "is no duration");
  const auto suffix = text.substr(static_cast<std::size_t>(end - text.data()));
  if (suffix.empty()) return bad(text, "has no unit");
  std::size_t from = 0;
  while (from < unit_names.size() && unit_names[from] != suffix) ++from;
  if (from == unit_names.size()) return bad(text, "is no duration");
  const auto to = static_cast<std::size_t>(unit);
  for (; from > to; --from) {
    if (__builtin_mul_overflow(ticks, steps[from - 1], &ticks)) return bad(text, "is too large");
  }
  for (; from < to; ++from) {
    if (ticks % steps[from] != 0) return bad(text, "is finer than " + std::string(unit_names[to]));
    ticks /= steps[from];
  }
  return ticks;
}

result<std::chrono::milliseconds> parse_duration(std::string_view text) {
  auto ticks = parse_duration_ticks(text, time_unit::milliseconds);
  if (!ticks) return std::move(ticks).error();
  if (*ticks < 0) return bad(text, "is negative");
  return std::chrono::milliseconds{*ticks};
}

std::string to_string(std::chrono::milliseconds duration) {
  return duration_text(duration.count(), time_unit::milliseconds);
}

}  // namespace evd
