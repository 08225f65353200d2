// evd: looks into an application's commands, events, chains and dead letters, and acts on them.
#include <clocale>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <span>

#include "application.hpp"
#include "completion.hpp"
#include "shared/exit_code.hpp"
#include "shared/text.hpp"

namespace evd::cli {
namespace {

std::string words_of(const CLI::App& command) {
  const auto* above = command.get_parent();
  return above == nullptr ? std::string("evd") : words_of(*above) + ' ' + command.get_name();
}

exit_code say_usage(const CLI::App& root, const CLI::ParseError& wrong, const session& with) {
  const auto& named = named_command(root);
  evd::error why{errc::invalid_input, "", wrong.what(), "see: " + words_of(named) + " --help", {}};
  const bool needs_command = !named.get_subcommands([](const CLI::App*) { return true; }).empty();
  const auto unknown = root.remaining(true);
  if (needs_command && unknown.empty()) {
    std::cerr << named.help();
    return exit_code::usage;
  }
  if (needs_command && !unknown.front().starts_with('-')) {
    std::vector<std::string> names;
    for (const auto* each : named.get_subcommands([](const CLI::App*) { return true; }))
      names.push_back(each->get_name());
    why.detail = "there is no command '" + unknown.front() + "'";
    if (const auto meant = closest(unknown.front(), names); !meant.empty()) why.hint = "did you mean '" + meant + "'?";
  }
  with.out().problem(why);
  return exit_code::usage;
}

exit_code run(session& with, CLI::App& root, int argc, char** argv) {
  try {
    root.parse(argc, argv);
    with.prepare();
    with.action(with);
    with.out().flush();
    return exit_code::ok;
  } catch (const CLI::CallForHelp&) {
    std::fputs(root.help().c_str(), stdout);
    return exit_code::ok;
  } catch (const CLI::ParseError& wrong) {
    return say_usage(root, wrong, with);
  } catch (const output_closed&) {
    return exit_code::ok;
  } catch (const failed& end) {
    std::fflush(stdout);
    with.out().problem(end.why);
    return end.code;
  } catch (const std::exception& thrown) {
    std::fflush(stdout);
    with.out().problem({errc::internal, "evd", thrown.what(), "this is a defect; please report it", {}});
    return exit_code::failed;
  }
}

/// So that even what goes wrong before the settings are known is said as asked for.
output first_output(std::span<char*> arguments) {
  settings how;
  for (const char* each : arguments) how.json = how.json || std::string_view(each) == "--json";
  return output(how);
}

}  // namespace
}  // namespace evd::cli

int main(int argc, char** argv) {
  // Widths of characters need a UTF-8 locale; nothing else here depends on one.
  std::setlocale(LC_CTYPE, "C.UTF-8");
  // A reader that has gone away, as in `evd events list | head -1`, is seen as EPIPE instead.
  std::signal(SIGPIPE, SIG_IGN);
  const std::span arguments(argv, static_cast<std::size_t>(argc));
  evd::cli::session with(evd::cli::first_output(arguments));
  const auto root = evd::cli::make_application(with);
  if (argc > 1 && std::string_view(argv[1]) == "__complete") {
    return evd::cli::complete(*root, {arguments.begin() + 2, arguments.end()});
  }
  return static_cast<int>(evd::cli::run(with, *root, argc, argv));
}
