#pragma once
/// What the application said while it ran, and whether the file agrees.

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace evd::chaos {

/// Reads one run's lines while they are written. A line that the kill cut off counts for nothing.
/// Threads: one.
class line_reader {
 public:
  explicit line_reader(std::string path) : path_(std::move(path)) {}
  [[nodiscard]] const std::string& path() const { return path_; }

  /// Reads on. Returns how many commands were answered with success so far.
  std::size_t accepted();
  /// Every whole line so far.
  [[nodiscard]] const std::vector<std::string>& all();

 private:
  std::string path_;
  std::uint64_t read_ = 0;
  std::string rest_;
  std::vector<std::string> lines_;
  std::size_t accepted_ = 0;
};

/// One run's handler came to its end.
struct handling {
  std::size_t run = 0;  ///< the first one added is 0
  std::int64_t at = 0;  ///< microseconds of the monotonic clock
};

/// The lines of all runs.
struct evidence {
  std::set<std::string> accepted;
  std::vector<std::string> refused;
  std::map<std::pair<std::string, std::string>, std::vector<handling>> handled;  ///< by subscription and event
  std::vector<std::pair<std::string, std::string>> order;                        ///< the same in the order of the lines
  std::size_t runs = 0;

  void add(line_reader& run);

  /// Pairs that were handled more than once for no reason that `excused` knows.
  [[nodiscard]] std::vector<std::string> handled_again(
      const std::function<bool(const handling& before, const handling& after)>& excused) const;
};

/// How the application was treated says what it must still have kept.
struct expectation {
  bool in_order = true;  ///< no process was taken for dead while it lived
  bool mail = true;
  std::set<std::string> dead_letter_reasons{"attemptsExhausted"};
  std::set<std::string> refusals{};  ///< parts of the errors that calls may have been answered with
};

/// Everything that is wrong with the file, a few examples of each kind; empty: every accepted command and event is in
/// it once, every subscription has one outcome or one dead letter for each of its events, nothing waits, nothing is
/// open.
[[nodiscard]] std::vector<std::string> what_is_wrong(const std::string& file, const evidence& seen,
                                                     const expectation& expected = {});

}  // namespace evd::chaos
