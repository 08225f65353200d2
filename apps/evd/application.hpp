#pragma once
/// The whole command line.

#include <memory>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "shared/session.hpp"

namespace evd::cli {

/// All commands and the options that every command takes. What is parsed lands in `with`, which must outlive it.
[[nodiscard]] std::unique_ptr<CLI::App> make_application(session& with);

/// The innermost command that the parsed command line names.
[[nodiscard]] const CLI::App& named_command(const CLI::App& root);

}  // namespace evd::cli
