#include "store/embedded/queries.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <string>
#include <unordered_map>

#include <evd/subject.hpp>

#include "sqlite/error.hpp"
#include "sqlite/statement.hpp"
#include "store/embedded/projection.hpp"
#include "store/embedded/rows.hpp"

namespace evd::store_embedded {

using sqlite::rows;
using sqlite::statement;

namespace {

constexpr std::size_t page_limit = 10'000;

const std::string command_query = std::string{"SELECT "} + command_columns + ", " + command_outcome_columns +
                                  " FROM commands c LEFT JOIN command_outcomes o ON o.command=c.id"
                                  " LEFT JOIN instances i ON i.number=o.instance ";
const std::string event_query =
    std::string{"SELECT "} + event_columns +
    ", (SELECT count(*) FROM attempts a WHERE a.event=e.id)"
    ", (SELECT count(*) FROM dead_letters d WHERE d.event=e.id AND d.status=0) FROM events e ";
constexpr int event_column_count = 14;
const std::string attempt_query = std::string{"SELECT "} + attempt_columns +
                                  " FROM attempts a JOIN subscriptions s ON s.number=a.subscription"
                                  " JOIN instances i ON i.number=a.instance ";
const std::string outcome_query = std::string{"SELECT "} + outcome_columns +
                                  " FROM outcomes o JOIN events e ON e.id=o.event"
                                  " JOIN subscriptions s ON s.number=o.subscription"
                                  " JOIN instances i ON i.number=o.instance ";
const std::string dead_letter_query = std::string{"SELECT "} + dead_letter_columns +
                                      " FROM dead_letters d JOIN subscriptions s ON s.number=d.subscription"
                                      " JOIN instances i ON i.number=d.instance ";

/// Sequences of this file as positions in their logs.
class positions {
 public:
  explicit positions(sqlite::database& db) {
    statement epochs{db, "SELECT number, epoch FROM epochs"};
    for (auto each = epochs.query(); each.next();) {
      epochs_[each.integer(0)] = static_cast<std::uint64_t>(each.integer(1));
    }
  }
  [[nodiscard]] log_position of(std::int64_t sequence) const {
    const auto epoch = epochs_.find(sequence >> epoch_shift);
    return {epoch == epochs_.end() ? 0 : epoch->second,
            static_cast<std::uint64_t>(sequence & ((std::int64_t{1} << epoch_shift) - 1))};
  }

 private:
  std::unordered_map<std::int64_t, std::uint64_t> epochs_;
};

port::event_document read_event_document(const rows& from, const positions& where) {
  return {read_event(from), where.of(from.integer(0)), static_cast<std::uint32_t>(from.integer(event_column_count)),
          static_cast<std::uint32_t>(from.integer(event_column_count + 1))};
}

/// Where a page begins: pages are in the order of a number that every row has.
std::int64_t start_of(const port::page_request& page) {
  const auto beginning =
      page.oldest_first ? std::numeric_limits<std::int64_t>::min() : std::numeric_limits<std::int64_t>::max();
  if (page.after.empty()) return beginning;
  std::int64_t after = 0;
  const auto* end = page.after.data() + page.after.size();
  if (const auto read = std::from_chars(page.after.data(), end, after); read.ec != std::errc{} || read.ptr != end) {
    throw failure_exception(error{
        errc::invalid_input, "list", "'" + page.after + "' is no page", "pass the `next` of the page before", {}});
  }
  return after;
}

std::size_t limit_of(const port::page_request& page) {
  return std::clamp<std::size_t>(page.limit, 1, page_limit);
}

bool within(timestamp when, const std::optional<timestamp>& since, const std::optional<timestamp>& until) {
  return (!since || when >= *since) && (!until || when < *until);
}

/// Reads rows until the page is full; `next` is then the last row's number if there is another that fits.
template <class T, class Accept, class Read>
port::page<T> fill(rows& from, std::size_t limit, Accept&& accept, Read&& read) {
  port::page<T> page;
  std::int64_t last = 0;
  while (from.next()) {
    if (!accept(from)) continue;
    if (page.items.size() == limit) {
      page.next = std::to_string(last);
      break;
    }
    last = from.integer(0);
    page.items.push_back(read(from));
  }
  return page;
}

std::string ordered(const char* column, const port::page_request& page) {
  const std::string name{column};
  return name + (page.oldest_first ? ">" : "<") + "?1";
}

std::string order_by(const char* column, const port::page_request& page) {
  return std::string{" ORDER BY "} + column + (page.oldest_first ? " ASC" : " DESC");
}

}  // namespace

std::optional<port::command_document> find_command(sqlite::database& db, const command_id& id) {
  statement find{db, command_query + "WHERE c.id=?"};
  auto found = find.query(id);
  if (!found.next()) return std::nullopt;
  return read_command_document(found);
}

std::optional<port::event_document> find_event(sqlite::database& db, const event_id& id) {
  const positions where{db};
  statement find{db, event_query + "WHERE e.id=?"};
  auto found = find.query(id);
  if (!found.next()) return std::nullopt;
  return read_event_document(found, where);
}

std::optional<port::dead_letter_document> find_dead_letter(sqlite::database& db, const dead_letter_id& id) {
  statement find{db, dead_letter_query + "WHERE d.id=?"};
  auto found = find.query(id);
  if (!found.next()) return std::nullopt;
  return read_dead_letter(found);
}

std::vector<attempt_record> find_attempts(sqlite::database& db, const event_id& event) {
  std::vector<attempt_record> attempts;
  statement find{db, attempt_query + "WHERE a.event=? ORDER BY a.started_at, a.number"};
  for (auto found = find.query(event); found.next();) attempts.push_back(read_attempt(found));
  return attempts;
}

std::optional<port::chain_document> find_chain(sqlite::database& db, const id& command_or_event) {
  auto command = find_command(db, command_id{command_or_event});
  if (!command) {
    const auto event = find_event(db, event_id{command_or_event});
    if (event) command = find_command(db, event->event.command);
  }
  if (!command) return std::nullopt;
  port::chain_document chain;
  chain.command = std::move(*command);

  // Most of a chain's events have ids that begin as the command's; see the index's comment.
  auto low = chain.command.command.id.bytes();
  auto high = low;
  std::fill(low.begin() + 4, low.end(), std::uint8_t{0});
  std::fill(high.begin() + 4, high.end(), std::uint8_t{0xff});
  const positions where{db};
  statement find{db, event_query +
                         "WHERE e.sequence IN (SELECT sequence FROM events INDEXED BY events_by_id WHERE id BETWEEN ?1"
                         " AND ?2 AND command=?3 UNION SELECT sequence FROM events INDEXED BY events_of_other_chains"
                         " WHERE command=?3 AND substr(id, 1, 4) <> substr(command, 1, 4)"
                         " UNION SELECT e.sequence FROM links l JOIN events e ON e.id=l.event WHERE l.command=?3)"
                         " ORDER BY e.sequence"};
  const id first{low};  // bound without a copy: they live as long as the rows
  const id last{high};
  for (auto found = find.query(first, last, chain.command.command.id); found.next();) {
    chain.events.push_back(read_event_document(found, where));
  }
  statement outcomes{db, outcome_query + "WHERE o.event=? ORDER BY o.started_at, s.module, s.name"};
  statement letters{db, dead_letter_query + "WHERE d.event=? ORDER BY d.at"};
  for (const auto& each : chain.events) {
    for (auto& attempt : find_attempts(db, each.event.id)) chain.attempts.push_back(std::move(attempt));
    for (auto found = outcomes.query(each.event.id); found.next();) chain.outcomes.push_back(read_outcome(found));
    for (auto found = letters.query(each.event.id); found.next();)
      chain.dead_letters.push_back(read_dead_letter(found));
  }
  return chain;
}

port::page<port::command_document> list_commands(sqlite::database& db, const port::command_filter& filter,
                                                 const port::page_request& page) {
  statement list{db, command_query + "WHERE " + ordered("c.sequence", page) + order_by("c.sequence", page)};
  auto found = list.query(start_of(page));
  const auto accept = [&](const rows& row) {
    if (!filter.name.empty() && row.text(2) != filter.name) return false;
    if (!filter.module.empty() && row.text(3) != filter.module) return false;
    const auto status = static_cast<command_status>(row.integer(command_column_count));  // NULL: 0, accepted
    return (!filter.status || status == *filter.status) && within(row.time(8), filter.since, filter.until);
  };
  return fill<port::command_document>(found, limit_of(page), accept, read_command_document);
}

port::page<port::event_document> list_events(sqlite::database& db, const port::event_filter& filter,
                                             const port::page_request& page) {
  if (!filter.subject.empty() && !is_subject_filter(filter.subject)) {
    throw failure_exception(error{errc::invalid_input,
                                  "list events",
                                  "'" + filter.subject + "' is no subject filter",
                                  "tokens are separated by dots; * stands for one, a last > for the rest",
                                  {}});
  }
  const positions where{db};
  std::string from = event_query;
  if (filter.failed_only) from += "JOIN failed_events f ON f.sequence=e.sequence ";
  from += "WHERE " + ordered("e.sequence", page);
  if (filter.command) {
    from +=
        " AND e.sequence IN (SELECT sequence FROM events INDEXED BY events_by_id WHERE id BETWEEN ?3 AND ?4 AND"
        " command=?2 UNION SELECT sequence FROM events INDEXED BY events_of_other_chains WHERE command=?2 AND"
        " substr(id, 1, 4) <> substr(command, 1, 4))";
  }
  statement list{db, from + order_by("e.sequence", page)};
  id::byte_array low{};
  id::byte_array high{};
  if (filter.command) {
    low = high = filter.command->bytes();
    std::fill(low.begin() + 4, low.end(), std::uint8_t{0});
    std::fill(high.begin() + 4, high.end(), std::uint8_t{0xff});
  }
  const id first{low};
  const id last{high};
  const auto start = start_of(page);
  const auto accept = [&](const rows& row) {
    if (!filter.subject.empty() && !matches(filter.subject, row.text(2))) return false;
    return within(row.time(10), filter.since, filter.until);
  };
  const auto read = [&](const rows& row) { return read_event_document(row, where); };
  if (filter.command) {
    auto found = list.query(start, *filter.command, first, last);
    return fill<port::event_document>(found, limit_of(page), accept, read);
  }
  auto found = list.query(start);
  return fill<port::event_document>(found, limit_of(page), accept, read);
}

port::page<port::dead_letter_document> list_dead_letters(sqlite::database& db, const port::dead_letter_filter& filter,
                                                         const port::page_request& page) {
  // The page's key is time and id, for several may have one time.
  const bool newest_first = !page.oldest_first;
  std::int64_t at = newest_first ? std::numeric_limits<std::int64_t>::max() : std::numeric_limits<std::int64_t>::min();
  id after;
  if (!page.after.empty()) {
    const auto colon = page.after.find(':');
    port::page_request number = page;
    number.after = page.after.substr(0, colon);
    at = start_of(number);
    after = id::parse(colon == std::string::npos ? std::string_view{} : std::string_view{page.after}.substr(colon + 1))
                .value_or(id{});
  }
  const char* compare = newest_first ? "<" : ">";
  statement list{db, dead_letter_query + "WHERE d.event IS NOT NULL AND (d.at, d.id) " + compare + " (?1, ?2)" +
                         order_by("d.at", page) + (newest_first ? ", d.id DESC" : ", d.id ASC")};
  port::page<port::dead_letter_document> result;
  for (auto found = list.query(at, after); found.next();) {
    auto document = read_dead_letter(found);
    const auto& letter = document.dead_letter;
    if (!filter.module.empty() && letter.module != filter.module) continue;
    if (!filter.subscription.empty() && letter.subscription != filter.subscription) continue;
    if (!filter.subject.empty() && !matches(filter.subject, letter.subject)) continue;
    if (filter.status && document.status != *filter.status) continue;
    if (result.items.size() == limit_of(page)) {
      const auto& last = result.items.back().dead_letter;
      result.next = std::to_string(last.at.time_since_epoch().count()) + ':' + last.id.to_string();
      break;
    }
    result.items.push_back(std::move(document));
  }
  return result;
}

std::vector<port::subject_summary> list_subjects(sqlite::database& db) {
  std::vector<port::subject_summary> all;
  statement list{db,
                 "SELECT subject, version, events, failed_attempts, open_dead_letters, last FROM subjects"
                 " ORDER BY subject"};
  for (auto found = list.query(); found.next();) {
    all.push_back({std::string{found.text(0)}, static_cast<std::uint32_t>(found.integer(1)),
                   static_cast<std::uint64_t>(found.integer(2)), static_cast<std::uint64_t>(found.integer(3)),
                   static_cast<std::uint64_t>(found.integer(4)), found.time(5)});
  }
  return all;
}

std::vector<port::subscription_summary> list_subscriptions(sqlite::database& db) {
  std::vector<port::subscription_summary> all;
  statement list{db,
                 std::string{"SELECT "} + subscription_columns +
                     ", coalesce(t.handled, 0), coalesce(t.failed_attempts, 0), coalesce(t.open_dead_letters, 0),"
                     " coalesce(t.duration, 0) FROM subscriptions s LEFT JOIN subscription_totals t"
                     " ON t.subscription=s.number WHERE s.changed_at_sequence IS NOT NULL ORDER BY s.module, s.name"};
  constexpr int at = subscription_column_count;
  for (auto found = list.query(); found.next();) {
    port::subscription_summary one;
    one.subscription = read_subscription(found);
    one.handled = static_cast<std::uint64_t>(found.integer(at));
    one.failed_attempts = static_cast<std::uint64_t>(found.integer(at + 1));
    one.open_dead_letters = static_cast<std::uint64_t>(found.integer(at + 2));
    if (one.handled > 0) {
      one.mean_duration = std::chrono::microseconds{found.integer(at + 3) / found.integer(at)};
    }
    all.push_back(std::move(one));
  }
  return all;
}

port::store_totals read_totals(sqlite::database& db) {
  statement read{db, "SELECT commands, events, outcomes, attempts, open_dead_letters, quarantined FROM progress"};
  auto found = read.query();
  port::store_totals totals;
  if (!found.next()) return totals;
  const auto number = [&](int column) { return static_cast<std::uint64_t>(found.integer(column)); };
  totals.commands = number(0);
  totals.events = number(1);
  totals.outcomes = number(2);
  totals.attempts = number(3);
  totals.open_dead_letters = number(4);
  totals.quarantined = number(5);
  return totals;
}

}  // namespace evd::store_embedded
