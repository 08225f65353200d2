#include "shared/output.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include <evd/json.hpp>

#include "shared/error_view.hpp"
#include "shared/exit_code.hpp"
#include "shared/text.hpp"

namespace evd::cli {

output::output(const settings& how)
    : json_(how.json),
      utc_(how.utc),
      now_(how.now),
      width_(output_width()),
      paint_(wants_colours(how.color, STDOUT_FILENO)),
      paint_errors_(wants_colours(how.color, STDERR_FILENO)) {}

timestamp output::now() const {
  if (now_) return *now_;
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

std::string output::when(timestamp moment) const {
  return utc_ ? to_rfc3339(moment) : relative(moment, now());
}

std::string output::when_exactly(timestamp moment) const {
  auto exact = to_rfc3339(moment);
  return utc_ ? exact : exact + ", " + relative(moment, now());
}

void output::text(std::string_view content) const {
  if (std::fwrite(content.data(), 1, content.size(), stdout) == content.size()) return;
  if (errno == EPIPE) throw output_closed{};
  fail(exit_code::failed, errc::disk_full, "write the output", "standard output cannot be written");
}

void output::flush() const {
  if (std::fflush(stdout) == 0) return;
  if (errno == EPIPE) throw output_closed{};
  fail(exit_code::failed, errc::disk_full, "write the output", "standard output cannot be written");
}

void output::fields(const std::vector<field>& pairs) const {
  std::size_t widest = 0;
  for (const auto& each : pairs) {
    if (!each.value.text.empty()) widest = std::max(widest, columns_of(each.label));
  }
  for (const auto& [label, value] : pairs) {
    if (value.text.empty()) continue;
    const std::string padding(widest - columns_of(label) + 2, ' ');
    line(paint_(tone::dim, label) + padding + paint_(value.how, one_line(value.text)));
  }
}

void output::json_block(std::string_view json) const {
  line(printable(pretty_json(json)));
}

void output::document(std::string_view json) const {
  line(pretty_json(json));
}

void output::note(std::string_view remark) const {
  if (json_) return;
  const auto shown = paint_errors_(tone::dim, printable(remark)) + '\n';
  std::fwrite(shown.data(), 1, shown.size(), stderr);
}

void output::problem(const evd::error& why) const {
  std::string shown;
  if (json_) {
    shown = to_json(error_view::of(why)) + '\n';
  } else {
    shown = paint_errors_(tone::bad, "evd: ") + one_line(why.where);
    if (!why.detail.empty()) shown += (why.where.empty() ? "" : ": ") + printable(why.detail);
    if (why.detail.empty()) shown += (why.where.empty() ? "" : ": ") + std::string(describe(why.code).text);
    shown += '\n';
    for (const auto& each : why.problems) {
      shown += "     " + (each.pointer.empty() ? std::string("(document)") : one_line(each.pointer)) + ": " +
               one_line(each.message) + '\n';
    }
    if (!why.hint.empty()) shown += paint_errors_(tone::dim, "     " + printable(why.hint)) + '\n';
  }
  std::fwrite(shown.data(), 1, shown.size(), stderr);
}

}  // namespace evd::cli
