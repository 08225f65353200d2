#pragma once
/// Completion of the command line in a shell. The shells' scripts ask `evd __complete WORD...`, and the answer comes
/// from the command line's own definition: it knows every command and option there is, and is never stale.

#include <string>
#include <vector>

#include <CLI/App.hpp>

namespace evd::cli {

struct candidate {
  std::string word;
  std::string description;
  friend bool operator==(const candidate&, const candidate&) = default;
};

/// What the last word is the beginning of.
struct completion_question {
  std::vector<candidate> words;  ///< commands, options, or the choices of an option's value
  std::string kind;              ///< a value from the engine: "SUBJECT", "EVENT", ...; empty: none
  std::string prefix;            ///< as typed so far
  std::string url, store, config;
};

/// Reads the words behind `evd`, the last one unfinished. Pure.
[[nodiscard]] completion_question question_of(const CLI::App& root, const std::vector<std::string>& words);

/// Values of a kind, from the engine. Never fails: without an engine there are none.
[[nodiscard]] std::vector<candidate> values_of(const completion_question& asked);

/// `evd __complete WORD...`: prints `word<TAB>description` lines. The exit code.
int complete(const CLI::App& root, const std::vector<std::string>& words);

}  // namespace evd::cli
