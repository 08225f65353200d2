#include <evd/time.hpp>

#include <algorithm>
#include <array>

namespace evd {

namespace {

using std::chrono::microseconds;

constexpr timestamp first_time = std::chrono::sys_days{std::chrono::year{0} / 1 / 1};
constexpr timestamp last_time = std::chrono::sys_days{std::chrono::year{10000} / 1 / 1} - microseconds{1};

char* put(char* out, std::uint32_t number, int digits) {
  for (int i = digits - 1; i >= 0; --i, number /= 10) out[i] = static_cast<char>('0' + number % 10);
  return out + digits;
}

/// Reads the parts of a date-time from the left; `failed` stays set.
struct scanner {
  std::string_view rest;
  bool failed = false;

  int number(std::size_t digits) {
    int value = 0;
    if (rest.size() < digits) failed = true;
    for (std::size_t i = 0; i < digits && !failed; ++i) {
      if (rest[i] < '0' || rest[i] > '9') failed = true;
      value = value * 10 + (rest[i] - '0');
    }
    rest.remove_prefix(failed ? rest.size() : digits);
    return value;
  }
  /// The character that comes next, one of `any`; 0: none of them.
  char take(std::string_view any) {
    if (rest.empty() || any.find(rest.front()) == std::string_view::npos) return 0;
    const char c = rest.front();
    rest.remove_prefix(1);
    return c;
  }
  void expect(std::string_view any) { failed = failed || take(any) == 0; }
  int fraction() {
    int value = 0;
    int digits = 0;
    for (; !rest.empty() && rest.front() >= '0' && rest.front() <= '9'; rest.remove_prefix(1), ++digits) {
      if (digits < 6) value = value * 10 + (rest.front() - '0');
    }
    failed = failed || digits == 0;
    for (; digits < 6; ++digits) value *= 10;
    return value;
  }
};

error bad(std::string_view text, std::string_view why) {
  return error{errc::invalid_input,
               "read a time",
               '"' + std::string(text.substr(0, 64)) + "\" " + std::string(why),
               "write it as RFC 3339 has it: 2026-03-05T12:00:00Z",
               {}};
}

}  // namespace

std::string to_rfc3339(timestamp when) {
  // RFC 3339 has four digits for the year; what lies outside is cut to the nearest that it can say.
  when = std::clamp(when, first_time, last_time);
  const auto day = std::chrono::floor<std::chrono::days>(when);
  const std::chrono::year_month_day date{day};
  const auto clock = static_cast<std::uint64_t>((when - day).count());
  const auto seconds = static_cast<std::uint32_t>(clock / 1'000'000);
  const auto fraction = static_cast<std::uint32_t>(clock % 1'000'000);
  std::array<char, 32> text;
  char* out = put(text.data(), static_cast<std::uint32_t>(static_cast<int>(date.year())), 4);
  *out++ = '-';
  out = put(out, static_cast<unsigned>(date.month()), 2);
  *out++ = '-';
  out = put(out, static_cast<unsigned>(date.day()), 2);
  *out++ = 'T';
  out = put(out, seconds / 3600, 2);
  *out++ = ':';
  out = put(out, seconds / 60 % 60, 2);
  *out++ = ':';
  out = put(out, seconds % 60, 2);
  if (fraction != 0) {
    *out++ = '.';
    out = fraction % 1000 == 0 ? put(out, fraction / 1000, 3) : put(out, fraction, 6);
  }
  *out++ = 'Z';
  return {text.data(), out};
}

result<timestamp> parse_rfc3339(std::string_view text) {
  scanner scan{text};
  const std::chrono::year year{scan.number(4)};
  scan.expect("-");
  const std::chrono::month month{static_cast<unsigned>(scan.number(2))};
  scan.expect("-");
  const std::chrono::day day{static_cast<unsigned>(scan.number(2))};
  scan.expect("Tt ");
  const int hour = scan.number(2);
  scan.expect(":");
  const int minute = scan.number(2);
  scan.expect(":");
  const int second = scan.number(2);
  const int fraction = scan.take(".") != 0 ? scan.fraction() : 0;
  const char zone = scan.take("Zz+-");
  int offset = 0;  // minutes
  if (zone == '+' || zone == '-') {
    const int hours = scan.number(2);
    scan.expect(":");
    const int minutes = scan.number(2);
    if (hours > 23 || minutes > 59) return bad(text, "has an offset that no place has");
    offset = (hours * 60 + minutes) * (zone == '-' ? -1 : 1);
  }
  if (scan.failed || zone == 0 || !scan.rest.empty()) return bad(text, "is no time");
  const std::chrono::year_month_day date{year, month, day};
  // 60 is a leap second: it is taken for the first of the next minute, as POSIX clocks do.
  if (!date.ok() || hour > 23 || minute > 59 || second > 60) return bad(text, "is on no calendar or clock");
  const timestamp time = std::chrono::sys_days{date} + std::chrono::hours{hour} +
                         std::chrono::minutes{minute - offset} + std::chrono::seconds{second} + microseconds{fraction};
  if (time < first_time || time > last_time) return bad(text, "is not in the years 0000 to 9999 in UTC");
  return time;
}

}  // namespace evd
