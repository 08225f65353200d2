#pragma once
/// `--help`: the same look for every command, and what all of them share said once.

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

namespace evd::cli {

/// Description, usage, commands, arguments, options, then the command's footer (its examples).
class help_formatter : public CLI::FormatterBase {
 public:
  std::string make_help(const CLI::App* app, std::string name, CLI::AppFormatMode mode) const override;
};

/// What stands between an option's name and its description: "FILTER", "open|dismissed"; empty for a flag.
[[nodiscard]] std::string value_of(const CLI::Option& option);

/// Whether `--help` and completion leave it out.
[[nodiscard]] bool is_hidden(const CLI::App& app);
[[nodiscard]] bool is_hidden(const CLI::Option& option);

}  // namespace evd::cli
