#pragma once
/// Which dead letters a command is about.

#include <string>
#include <vector>

#include <CLI/App.hpp>

#include <evd/port/store.hpp>

namespace evd::cli {

/// Selects dead letters by what they are of. Empty: any.
struct dead_letter_selection {
  std::string module, subscription, subject;

  void add_to(CLI::App& command);
  [[nodiscard]] bool empty() const { return module.empty() && subscription.empty() && subject.empty(); }
  [[nodiscard]] port::dead_letter_filter filter() const;
};

/// The dead letter of that id; or all those of the event of that id. At least one.
/// Errors: end with exit code 2 (no id) or 3 (there is none).
[[nodiscard]] std::vector<port::dead_letter_document> dead_letters_named(port::store& store, const std::string& text);

}  // namespace evd::cli
