#include <memory>

#include <evd/json.hpp>

#include "commands/commands.hpp"
#include "core/chain.hpp"
#include "shared/arguments.hpp"
#include "shared/exit_code.hpp"
#include "shared/text.hpp"

namespace evd::cli {
namespace {

/// What the application stored must not steer the terminal; the tree's own colours come later.
void make_harmless(core::chain_tree& tree) {
  for (auto& node : tree) {
    node.name = one_line(node.name);
    if (!node.failure) continue;
    node.failure->type = one_line(node.failure->type);
    node.failure->message = one_line(node.failure->message);
  }
}

void show(session& with, const std::string& text) {
  const auto chain = need(with.store().chain(id_from(text, "chain")));
  if (!chain) {
    fail_not_found("chain", "there is no command and no event " + text, "see: evd commands list, evd events list");
  }
  const auto& out = with.out();
  if (out.json()) return out.document(to_json(*chain));
  auto tree = core::build_chain(*chain);
  make_harmless(tree);
  core::draw_options how;
  how.color = out.paint().colours();
  out.text(core::draw_chain(tree, how));
}

}  // namespace

void add_chain(CLI::App& root, session& with) {
  auto* self = root.add_subcommand("chain", "Shows a command and everything that came of it");
  self->require_subcommand(1);
  auto wanted = std::make_shared<std::string>();
  auto* showing = self->add_subcommand("show", "Shows a chain as a tree with times, failures in red");
  showing->add_option("ID", *wanted, "The id of the command, or of any event of the chain")->required();
  showing->footer("examples:\n  evd chain show 622303733628c902f133004b");
  showing->callback([&with, wanted] { with.action = [wanted](session& s) { show(s, *wanted); }; });
}

}  // namespace evd::cli
