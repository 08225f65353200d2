#pragma once
/// The commands of `evd`, one file each. A function here adds one command (with its subcommands) to the command line;
/// when the command line names it, it leaves what to do in `session::action`.

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "shared/session.hpp"

namespace evd::cli {

void add_status(CLI::App& root, session& with);
void add_subjects(CLI::App& root, session& with);
void add_events(CLI::App& root, session& with);
void add_commands(CLI::App& root, session& with);
void add_chain(CLI::App& root, session& with);
void add_dlq(CLI::App& root, session& with);
void add_subscriptions(CLI::App& root, session& with);
void add_publish(CLI::App& root, session& with);
void add_call(CLI::App& root, session& with);
void add_inspect(CLI::App& root, session& with);
void add_completion(CLI::App& root, session& with);
void add_version(CLI::App& root, session& with);

// Subcommands with a file of their own.
void add_events_tail(CLI::App& events, session& with);
void add_dlq_change(CLI::App& dlq, session& with);

}  // namespace evd::cli
