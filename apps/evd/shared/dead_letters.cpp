#include "shared/dead_letters.hpp"

#include "shared/arguments.hpp"
#include "shared/exit_code.hpp"

namespace evd::cli {

void dead_letter_selection::add_to(CLI::App& command) {
  command.add_option("-m,--module", module, "Only those of this module")->type_name("MODULE");
  command.add_option("--subscription", subscription, "Only those of this subscription: MODULE.SUBSCRIPTION")
      ->type_name("SUBSCRIPTION");
  command.add_option("-s,--subject", subject, "Only those of events of this subject")->type_name("SUBJECT");
}

port::dead_letter_filter dead_letter_selection::filter() const {
  port::dead_letter_filter made;
  made.module = module;
  made.subject = subject;
  if (subscription.empty()) return made;
  const auto key = subscription_from(subscription);
  if (!module.empty() && module != key.module) {
    fail_usage("--subscription", "'" + subscription + "' is not of the module '" + module + "' that --module names");
  }
  made.module = key.module;
  made.subscription = key.name;
  return made;
}

std::vector<port::dead_letter_document> dead_letters_named(port::store& store, const std::string& text) {
  const auto wanted = id_from(text, "dead letter");
  if (auto found = need(store.dead_letter(dead_letter_id{wanted}))) return {std::move(*found)};
  std::vector<port::dead_letter_document> of_event;
  if (const auto chain = need(store.chain(wanted))) {
    for (const auto& each : chain->dead_letters) {
      if (each.dead_letter.event == wanted) of_event.push_back(each);
    }
  }
  if (of_event.empty()) {
    fail_not_found("dead letter", "there is no dead letter " + text + ", and no event of that id has one",
                   "see: evd dlq list --status any");
  }
  return of_event;
}

}  // namespace evd::cli
