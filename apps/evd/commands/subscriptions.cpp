#include <memory>

#include <evd/json.hpp>

#include "commands/commands.hpp"
#include "shared/arguments.hpp"
#include "shared/exit_code.hpp"
#include "shared/names.hpp"
#include "shared/subscription_page.hpp"
#include "shared/text.hpp"

namespace evd::cli {
namespace {

std::string filters_of(const subscription_record& subscription) {
  std::string out;
  for (const auto& each : subscription.filters) out += (out.empty() ? "" : ", ") + each;
  return out;
}

cell count_cell(std::uint64_t count, tone when_any) {
  return {number(count), count > 0 ? when_any : tone::dim};
}

struct list_options {
  std::string module;
  bool removed = false;
};

void list(session& with, const list_options& wanted) {
  const auto& out = with.out();
  table rows({{"SUBSCRIPTION", align::left, fit::shrink},
              {"KIND"},
              {"FILTER", align::left, fit::shrink},
              {"PENDING", align::right},
              {"IN WORK", align::right},
              {"RETRIES", align::right},
              {"OLDEST"},
              {"HANDLED", align::right},
              {"FAILED", align::right},
              {"DEAD", align::right},
              {"MEAN", align::right}});
  for (const auto& each : subscription_pages(with.log(), with.store(), wanted.removed)) {
    if (!wanted.module.empty() && each.subscription.module != wanted.module) continue;
    if (out.json()) {
      out.item(to_json(each));
      continue;
    }
    rows.add({{each.name(), each.subscription.removed ? tone::dim : tone::plain},
              {each.subscription.removed ? "removed" : name_of(each.subscription.kind)},
              {filters_of(each.subscription)},
              count_cell(each.pending, tone::plain),
              count_cell(each.in_work, tone::plain),
              count_cell(each.retries_waiting, tone::warn),
              {each.oldest ? out.when(*each.oldest) : ""},
              count_cell(each.handled, tone::plain),
              count_cell(each.failed_attempts, tone::warn),
              count_cell(each.open_dead_letters, tone::bad),
              {each.handled > 0 ? span(each.mean_duration) : ""}});
  }
  if (out.json()) return;
  if (rows.empty()) return out.note("no subscription is registered; applications register theirs when they start");
  out.rows(rows);
}

void print(const subscription_page& page, const output& out) {
  const auto& subscription = page.subscription;
  const auto limit = [](std::chrono::milliseconds value) { return value.count() > 0 ? to_string(value) : ""; };
  out.fields({{"subscription", {page.name(), tone::bold}},
              {"kind", {name_of(subscription.kind)}},
              {"filter", {filters_of(subscription)}},
              {"registered", {out.when_exactly(subscription.registered_at)}},
              {"starts at", {subscription.from_now ? "its first registration" : "the beginning of the log"}},
              {"removed", {subscription.removed ? "yes" : "", tone::warn}}});
  out.text("\n");
  out.heading("now");
  out.fields({{"pending", count_cell(page.pending, tone::plain)},
              {"in work", count_cell(page.in_work, tone::plain)},
              {"retries waiting", count_cell(page.retries_waiting, tone::warn)},
              {"oldest pending", {page.oldest ? out.when_exactly(*page.oldest) : "none", tone::plain}}});
  out.text("\n");
  out.heading("so far");
  out.fields({{"handled", count_cell(page.handled, tone::plain)},
              {"failed attempts", count_cell(page.failed_attempts, tone::warn)},
              {"open dead letters", count_cell(page.open_dead_letters, tone::bad)},
              {"mean duration", {page.handled > 0 ? span(page.mean_duration) : ""}}});
  out.text("\n");
  out.heading("options");
  out.fields({{"attempts", {std::to_string(subscription.attempts)}},
              {"ack wait", {limit(subscription.ack_wait)}},
              {"time limit", {limit(subscription.time_limit)}},
              {"concurrency", {std::to_string(subscription.concurrency)}},
              {"max crashes", {std::to_string(subscription.max_crashes)}}});
}

void show(session& with, const std::string& text) {
  const auto key = subscription_from(text);
  const auto page = subscription_page_named(subscription_pages(with.log(), with.store(), true), key);
  if (with.out().json()) return with.out().document(to_json(page));
  print(page, with.out());
}

}  // namespace

void add_subscriptions(CLI::App& root, session& with) {
  auto* self = root.add_subcommand("subscriptions", "Lists and shows subscriptions: lag, pending, oldest, attempts");
  self->require_subcommand(1);

  auto wanted = std::make_shared<list_options>();
  auto* listing = self->add_subcommand("list", "Lists subscriptions with what they have still to do");
  listing->add_option("-m,--module", wanted->module, "Only those of this module")->type_name("MODULE");
  listing->add_flag("--removed", wanted->removed, "Removed ones too");
  listing->callback([&with, wanted] { with.action = [wanted](session& s) { list(s, *wanted); }; });

  auto key = std::make_shared<std::string>();
  auto* showing = self->add_subcommand("show", "Shows one subscription: lag, counts, options");
  showing->add_option("SUBSCRIPTION", *key, "MODULE.SUBSCRIPTION")->required();
  showing->callback([&with, key] { with.action = [key](session& s) { show(s, *key); }; });
}

}  // namespace evd::cli
