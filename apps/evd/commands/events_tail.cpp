// `evd events tail`: follows new events until SIGINT or SIGTERM.
#include <algorithm>
#include <csignal>
#include <ctime>
#include <memory>

#include <evd/json.hpp>
#include <evd/subject.hpp>

#include "commands/commands.hpp"
#include "shared/exit_code.hpp"
#include "shared/listing.hpp"

namespace evd::cli {
namespace {

constexpr auto pause = std::chrono::milliseconds{200};

struct tail_options {
  std::string subject;
  std::size_t last = 0;
};

using documents = std::vector<port::event_document>;

/// Waits for `pause`, or for the signal that ends us. REQUIRES: the signals are blocked in every thread.
bool told_to_end(const sigset_t& signals) {
  timespec wait{};
  wait.tv_nsec = std::chrono::nanoseconds{pause}.count();
  return ::sigtimedwait(&signals, nullptr, &wait) > 0;
}

/// Blocks the signals that end us; threads made later inherit that.
sigset_t block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGHUP);
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

/// What was appended after `position`, oldest first. Reads backwards from the end, so that its cost is what is new,
/// whatever the log holds and however rare the wanted subject is.
documents appended_after(port::store& store, log_position position) {
  documents found;
  auto request = newest(1);
  while (true) {
    auto page = need(store.events({}, request));
    for (auto& each : page.items) {
      if (each.position <= position) {
        std::ranges::reverse(found);
        return found;
      }
      found.push_back(std::move(each));
    }
    if (page.next.empty()) break;
    request.after = page.next;
    request.limit = 200;
  }
  std::ranges::reverse(found);
  return found;
}

void print(const port::event_document& document, const output& out) {
  if (out.json()) {
    out.item(to_json(document));
  } else {
    const auto& event = document.event;
    const auto time = to_rfc3339(event.time);
    const auto subject = one_line(event.subject);
    const auto used = time.size() + columns_of(subject) + 2 * id::size + 6;
    const auto room = out.width() == unlimited_width ? unlimited_width : out.width() - std::min(out.width(), used);
    out.line(out.paint()(tone::dim, time) + "  " + out.paint()(tone::accent, event.id.to_string()) + "  " +
             out.paint()(tone::bold, subject) + "  " + cut(one_line(event.data.text), room));
  }
  out.flush();
}

documents last_of(port::store& store, const tail_options& wanted) {
  if (wanted.last == 0) return {};
  port::event_filter filter;
  filter.subject = wanted.subject;
  auto page = need(store.events(filter, newest(wanted.last)));
  std::ranges::reverse(page.items);
  return std::move(page.items);
}

void follow(session& with, const tail_options& wanted) {
  if (!wanted.subject.empty()) need(check_subject_filter(wanted.subject));
  const auto signals = block_signals();
  auto& store = with.store();
  log_position position;
  const auto begin = need(store.events({}, newest(1)));
  if (!begin.items.empty()) position = begin.items.front().position;
  for (const auto& each : last_of(store, wanted)) {
    if (each.position <= position) print(each, with.out());
  }
  with.out().note("waiting for events; Ctrl-C ends");
  do {
    for (const auto& each : appended_after(store, position)) {
      position = std::max(position, each.position);
      if (wanted.subject.empty() || matches(wanted.subject, each.event.subject)) print(each, with.out());
    }
  } while (!told_to_end(signals));
}

}  // namespace

void add_events_tail(CLI::App& events, session& with) {
  auto wanted = std::make_shared<tail_options>();
  auto* self = events.add_subcommand("tail", "Follows new events until Ctrl-C");
  self->add_option("-s,--subject", wanted->subject, "Only these: a subject, or a filter such as 'User.*' or 'User.>'")
      ->type_name("SUBJECT");
  self->add_option("-n,--last", wanted->last, "Begins with so many that are there already (default 0)")->type_name("N");
  self->footer("examples:\n  evd events tail --subject 'User.>'\n  evd events tail --json | jq .event.data");
  self->callback([&with, wanted] { with.action = [wanted](session& s) { follow(s, *wanted); }; });
}

}  // namespace evd::cli
