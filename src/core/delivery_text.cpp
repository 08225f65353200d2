// How verdicts and actions read in a test's message and in a trace.

#include <cstdlib>
#include <ostream>
#include <string>

#include "core/delivery.hpp"

namespace evd::core {

namespace {

// Seconds since 1970, without superfluous digits: tests begin there.
std::string seconds(timestamp when) {
  const auto count = when.time_since_epoch().count();
  std::string fraction = std::to_string(std::abs(count % 1'000'000));
  fraction.insert(0, 6 - fraction.size(), '0');
  fraction.erase(fraction.find_last_not_of('0') + 1);
  return std::to_string(count / 1'000'000) + (fraction.empty() ? "" : "." + fraction) + "s";
}

std::string_view name(dead_letter_reason reason) {
  switch (reason) {
    case dead_letter_reason::attempts_exhausted:
      return "attempts_exhausted";
    case dead_letter_reason::permanent:
      return "permanent";
    case dead_letter_reason::crashes:
      return "crashes";
    case dead_letter_reason::undecodable:
      return "undecodable";
  }
  return "?";
}

struct verdict_text {
  std::ostream& out;
  void operator()(const handled&) const { out << "handled"; }
  void operator()(const retry& what) const {
    out << "retry{attempt " << what.attempt << ", at " << seconds(what.due) << '}';
  }
  void operator()(const retry_in_place& what) const {
    out << "retry_in_place{attempt " << what.attempt << ", at " << seconds(what.due) << '}';
  }
  void operator()(const dead_letter& what) const { out << "dead_letter{" << name(what.reason) << '}'; }
};

struct action_text {
  std::ostream& out;
  void operator()(const run& what) const { out << "run{attempt " << what.attempt << '}'; }
  void operator()(const run_alone& what) const { out << "run_alone{attempt " << what.attempt << '}'; }
  void operator()(const extend&) const { out << "extend"; }
  void operator()(const request_stop&) const { out << "request_stop"; }
  void operator()(const abandon&) const { out << "abandon"; }
  void operator()(const settle& what) const { out << "settle " << what.what; }
  void operator()(const commit_again&) const { out << "commit_again"; }
  void operator()(const release&) const { out << "release"; }
  void operator()(const drop&) const { out << "drop"; }
  void operator()(const finish&) const { out << "finish"; }
};

}  // namespace

std::ostream& operator<<(std::ostream& out, const verdict& what) {
  std::visit(verdict_text{out}, what);
  return out;
}

std::ostream& operator<<(std::ostream& out, const delivery_action& action) {
  std::visit(action_text{out}, action);
  return out;
}

std::ostream& operator<<(std::ostream& out, const delivery_actions& actions) {
  bool first = true;
  for (const auto& action : actions) {
    if (!first) out << ", ";
    out << action;
    first = false;
  }
  return out;
}

}  // namespace evd::core
