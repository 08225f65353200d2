#include <memory>

#include <evd/json.hpp>

#include "commands/commands.hpp"
#include "shared/exit_code.hpp"
#include "shared/subscription_page.hpp"
#include "shared/text.hpp"

namespace evd::cli {

/// Something a person should look at.
struct attention {
  std::string what;
  std::string next;  ///< the command that shows more
};

/// The answer of `evd status`.
struct status_page {
  std::string url;
  std::string engine;
  std::uint64_t bytes = 0;
  std::uint64_t max_bytes = 0;
  log_cursor last;
  std::optional<log_cursor> recorded;  ///< of a store apart from the log: how far it is
  port::store_totals totals;
  std::vector<subscription_page> subscriptions;
  std::vector<attention> needs_attention;
};

namespace {

/// Pending for longer than this is worth a look.
constexpr auto long_pending = std::chrono::minutes{1};

void look_at_lags(const status_page& page, const output& out, std::vector<attention>& found) {
  for (const auto& each : page.subscriptions) {
    if (each.pending == 0 || !each.oldest || out.now() - *each.oldest < long_pending) continue;
    found.push_back(
        {each.name() + " has " + number(each.pending) + " pending, the oldest from " + out.when(*each.oldest),
         "evd subscriptions show " + each.name()});
  }
}

std::vector<attention> look(const status_page& page, const output& out) {
  std::vector<attention> found;
  if (const auto open = page.totals.open_dead_letters; open > 0) {
    found.push_back({counted(open, "open dead letter", "open dead letters"), "evd dlq list"});
  }
  if (const auto aside = page.totals.quarantined; aside > 0) {
    found.push_back({counted(aside, "record", "records") + " that the store refuses, in quarantine", ""});
  }
  if (page.max_bytes > 0 && page.bytes > page.max_bytes / 5 * 4) {
    found.push_back({"the log is at " + std::to_string(page.bytes * 100 / page.max_bytes) + " % of its limit", ""});
  }
  look_at_lags(page, out, found);
  return found;
}

status_page read(session& with) {
  status_page page;
  page.url = with.how().url;
  const auto log = need(with.log().status());
  page.engine = log.description;
  page.bytes = log.bytes;
  page.max_bytes = log.max_bytes;
  page.last = log.last;
  if (!with.log().is_its_own_store()) page.recorded = need(with.store().recorded());
  page.totals = need(with.store().totals());
  page.subscriptions = subscription_pages(with.log(), with.store());
  page.needs_attention = look(page, with.out());
  return page;
}

void print_attention(const status_page& page, const output& out) {
  if (page.needs_attention.empty()) {
    out.line(out.paint()(tone::good, "✓ nothing needs attention"));
    return;
  }
  out.heading("needs attention");
  std::size_t widest = 0;
  for (const auto& each : page.needs_attention) widest = std::max(widest, columns_of(each.what));
  for (const auto& each : page.needs_attention) {
    const std::string padding(widest - columns_of(each.what) + 3, ' ');
    auto line = out.paint()(tone::bad, "! ") + one_line(each.what);
    if (!each.next.empty()) line += padding + out.paint()(tone::dim, each.next);
    out.line(line);
  }
}

void print_subscriptions(const status_page& page, const output& out) {
  if (page.subscriptions.empty()) return;
  out.text("\n");
  table rows({{"SUBSCRIPTION", align::left, fit::shrink},
              {"PENDING", align::right},
              {"IN WORK", align::right},
              {"RETRIES", align::right},
              {"OLDEST"},
              {"DEAD", align::right}});
  const auto count = [](std::uint64_t value, tone how) { return cell{number(value), value > 0 ? how : tone::dim}; };
  for (const auto& each : page.subscriptions) {
    rows.add({{each.name()},
              count(each.pending, tone::plain),
              count(each.in_work, tone::plain),
              count(each.retries_waiting, tone::warn),
              {each.oldest ? out.when(*each.oldest) : ""},
              count(each.open_dead_letters, tone::bad)});
  }
  out.rows(rows);
}

// How many sequences lie between; a store that has nothing of this epoch lacks all of them.
std::uint64_t behind(const log_position& last, const log_position& recorded) {
  const auto from = last.epoch == recorded.epoch ? recorded.sequence : 0;
  return last.sequence - std::min(last.sequence, from);
}

void print(const status_page& page, const output& out) {
  print_attention(page, out);
  out.text("\n");
  const auto limit = page.max_bytes > 0 ? " of " + bytes(page.max_bytes) : "";
  const auto lag =
      page.recorded
          ? number(behind(page.last.log, page.recorded->log) + behind(page.last.journal, page.recorded->journal)) +
                " behind"
          : "";
  out.fields({{"engine", {page.engine}},
              {"size", {bytes(page.bytes) + limit}},
              {"position", {std::to_string(page.last.log.epoch) + ':' + std::to_string(page.last.log.sequence)}},
              {"store", {lag}},
              {"commands", {number(page.totals.commands)}},
              {"events", {number(page.totals.events)}},
              {"handled", {number(page.totals.outcomes)}},
              {"failed attempts", {number(page.totals.attempts)}}});
  print_subscriptions(page, out);
}

void show(session& with, bool check) {
  const auto page = read(with);
  if (with.out().json()) {
    with.out().document(to_json(page));
  } else {
    print(page, with.out());
  }
  with.out().flush();
  if (check && !page.needs_attention.empty()) {
    fail(exit_code::failed, errc::conflict, "status",
         counted(page.needs_attention.size(), "thing needs", "things need") + " attention");
  }
}

}  // namespace

void add_status(CLI::App& root, session& with) {
  auto* self = root.add_subcommand("status", "Shows the engine, what it holds, and first of all what needs attention");
  auto check = std::make_shared<bool>(false);
  self->add_flag("--check", *check, "Ends with exit code 1 when something needs attention");
  self->callback([&with, check] { with.action = [check](session& s) { show(s, *check); }; });
}

}  // namespace evd::cli
