#include "application.hpp"

#include "commands/commands.hpp"
#include "shared/exit_code.hpp"
#include "shared/help.hpp"

namespace evd::cli {
namespace {

std::string footer() {
  std::string out =
      "Where the engine is: --url, else EVD_URL, else EVD_BROKER, else `url` in the configuration file, else\n"
      "embedded:evd.db. The configuration file (TOML: url, store, color, utc): --config, else EVD_CONFIG, else\n"
      "~/.config/evd/config.toml. Lists print one JSON object a line with --json, everything else one document.\n\n"
      "exit codes:\n";
  for (const auto& [code, meaning] : exit_codes) {
    out += "  " + std::to_string(static_cast<int>(code)) + "  " + std::string(meaning) + '\n';
  }
  out +=
      "\nexamples:\n"
      "  evd status                               what needs attention\n"
      "  evd events tail --subject 'User.>'       follow events as they come\n"
      "  evd chain show 622303733628c902f133004b  what came of a command or an event";
  return out;
}

void add_options(CLI::App& root, flags& given) {
  root.add_option("-u,--url", given.url, "The engine: embedded:PATH, or just the path of its file")->type_name("URL");
  root.add_option("--store", given.store, "The event store, where it is apart from the log: embedded:PATH")
      ->type_name("URL");
  root.add_option("--config", given.config, "The configuration file to read")->type_name("FILE");
  root.add_option("--color", given.color, "Colours: auto is for terminals, unless NO_COLOR is set")
      ->type_name("auto|always|never");
  root.add_flag("--json", given.json, "Prints JSON");
  root.add_flag("--utc", given.utc, "Prints times as RFC 3339 in UTC, not as \"3s ago\"");
}

}  // namespace

std::unique_ptr<CLI::App> make_application(session& with) {
  auto root = std::make_unique<CLI::App>("Looks into an evd application's commands, events and dead letters", "evd");
  root->formatter(std::make_shared<help_formatter>());
  root->set_help_flag("-h,--help", "Shows this");
  root->fallthrough();
  root->require_subcommand(1);
  root->footer(footer());
  add_options(*root, with.given);
  add_status(*root, with);
  add_subjects(*root, with);
  add_events(*root, with);
  add_commands(*root, with);
  add_chain(*root, with);
  add_dlq(*root, with);
  add_subscriptions(*root, with);
  add_publish(*root, with);
  add_call(*root, with);
  add_inspect(*root, with);
  add_completion(*root, with);
  add_version(*root, with);
  return root;
}

const CLI::App& named_command(const CLI::App& root) {
  const auto* named = &root;
  while (!named->get_subcommands().empty()) named = named->get_subcommands().front();
  return *named;
}

}  // namespace evd::cli
