#include <algorithm>

#include <evd/json.hpp>

#include "commands/commands.hpp"
#include "shared/exit_code.hpp"
#include "shared/text.hpp"

namespace evd::cli {
namespace {

void list(session& with) {
  auto subjects = need(with.store().subjects());
  std::ranges::sort(subjects, {}, &port::subject_summary::subject);
  const auto& out = with.out();
  if (out.json()) {
    for (const auto& each : subjects) out.item(to_json(each));
    return;
  }
  if (subjects.empty()) return out.note("no event has been published yet");
  table rows({{"SUBJECT"},
              {"VERSION", align::right},
              {"EVENTS", align::right},
              {"FAILED ATTEMPTS", align::right},
              {"DEAD LETTERS", align::right},
              {"LAST"}});
  for (const auto& each : subjects) {
    rows.add({{each.subject},
              {std::to_string(each.version)},
              {number(each.events)},
              {number(each.failed_attempts), each.failed_attempts > 0 ? tone::warn : tone::dim},
              {number(each.open_dead_letters), each.open_dead_letters > 0 ? tone::bad : tone::dim},
              {out.when(each.last)}});
  }
  out.rows(rows);
}

}  // namespace

void add_subjects(CLI::App& root, session& with) {
  auto* self = root.add_subcommand("subjects", "Lists the subjects of all events, with their counts");
  self->callback([&with] { with.action = list; });
}

}  // namespace evd::cli
