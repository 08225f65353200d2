#include <evd/error.hpp>

namespace evd {

namespace {

// More than these would make a log line unreadable; `problems` has them all.
constexpr std::size_t shown_problems = 5;

void add(std::string& line, std::string_view part) {
  if (part.empty()) return;
  if (!line.empty()) line += ": ";
  line += part;
}

}  // namespace

std::string error::to_string() const {
  std::string line;
  add(line, where);
  add(line, describe(code).text);
  add(line, detail);
  for (std::size_t i = 0; i < problems.size() && i < shown_problems; ++i) {
    line += i == 0 ? ": " : "; ";
    if (!problems[i].pointer.empty()) line += problems[i].pointer + ' ';
    line += problems[i].message;
  }
  if (problems.size() > shown_problems) line += "; and " + std::to_string(problems.size() - shown_problems) + " more";
  if (!hint.empty()) line += " (" + hint + ')';
  return line;
}

}  // namespace evd
