#include <evd/json.hpp>

#include "commands/commands.hpp"

namespace evd::cli {

/// The answer of `evd version`.
struct version_page {
  std::string version;
  std::string compiler;
  std::vector<std::string> engines;
};

namespace {

void show(session& with) {
#ifdef __clang__
  constexpr const char* compiler = "Clang " __clang_version__;
#else
  constexpr const char* compiler = "GCC " __VERSION__;
#endif
  const version_page page{EVD_VERSION, compiler, {"embedded"}};
  if (with.out().json()) return with.out().document(to_json(page));
  with.out().line("evd " + page.version + " (" + page.compiler + "; engines: embedded)");
}

}  // namespace

void add_version(CLI::App& root, session& with) {
  auto* self = root.add_subcommand("version", "Shows the version of this program");
  self->callback([&with] { with.action = show; });
}

}  // namespace evd::cli
