#include "store/mongo/finds.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include <evd/subject.hpp>

#include "store/mongo/record_bson.hpp"
#include "store/mongo/schema.hpp"

namespace evd::store_mongo {
namespace {

constexpr std::size_t page_limit = 10'000;

void append_int32(document& to, std::string_view name, int value) {
  bson_append_int32(to.get(), name.data(), static_cast<int>(name.size()), value);
}

error no_page(const std::string& after) {
  return {errc::invalid_input, "list", "'" + after + "' is no page", "pass the `next` of the page before", {}};
}

template <class Number>
std::optional<Number> read_number(std::string_view text) {
  Number number{};
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
  return number;
}

// "epoch:sequence", or "milliseconds:id".
std::pair<std::string_view, std::string_view> parts_of(std::string_view after) {
  const auto colon = after.find(':');
  if (colon == std::string_view::npos) return {after, {}};
  return {after.substr(0, colon), after.substr(colon + 1)};
}

const char* comparison(side where) {
  return where == side::lower ? "$lt" : "$gt";
}

side next_side(const port::page_request& page) {
  return page.oldest_first ? side::higher : side::lower;
}

// The whole page, and the one document that says whether there is another.
void in_one_reply(find_spec& what, const port::page_request& page) {
  what.options.integer("batchSize", static_cast<std::int64_t>(limit_of(page)) + 1);
}

// The page's order and where it begins. Changes that wait for their document have no position, and are left out by
// that.
result<find_specs> by_position(find_spec what, const port::page_request& page) {
  document sort;
  append_int32(sort, "position.epoch", page.oldest_first ? 1 : -1);
  append_int32(sort, "position.sequence", page.oldest_first ? 1 : -1);
  what.options.nested("sort", sort);
  in_one_reply(what, page);
  document range;
  if (page.after.empty()) {
    // They have no subject either, and two ranges are more than one index serves.
    const bool by_subject = bson_has_field(what.filter.get(), "subject");
    if (!by_subject) what.filter.nested("position.epoch", range.integer("$gte", 0));
    return find_specs{std::move(what)};
  }
  const auto [epoch, sequence] = parts_of(page.after);
  const auto first = read_number<std::int64_t>(epoch);
  const auto second = read_number<std::int64_t>(sequence);
  if (!first || !second) return no_page(page.after);
  auto others = what;
  what.filter.integer("position.epoch", *first);
  what.filter.nested("position.sequence", range.integer(comparison(next_side(page)), *second));
  document further;
  others.filter.nested("position.epoch", further.integer(comparison(next_side(page)), *first));
  return find_specs{std::move(what), std::move(others)};
}

// The same for dead letters, which are in the order of their time.
result<find_specs> by_time(find_spec what, const port::page_request& page) {
  document sort;
  append_int32(sort, "at", page.oldest_first ? 1 : -1);
  append_int32(sort, "_id", page.oldest_first ? 1 : -1);
  what.options.nested("sort", sort);
  in_one_reply(what, page);
  document range;
  if (page.after.empty()) {
    what.filter.nested("at", range.date("$gte", timestamp{}));
    return find_specs{std::move(what)};
  }
  const auto [date, letter] = parts_of(page.after);
  const auto milliseconds = read_number<std::int64_t>(date);
  const auto last = id::parse(letter);
  if (!milliseconds || !last) return no_page(page.after);
  const timestamp at{std::chrono::milliseconds{*milliseconds}};
  auto others = what;
  what.filter.date("at", at).nested("_id", range.oid(comparison(next_side(page)), *last));
  document further;
  others.filter.nested("at", further.date(comparison(next_side(page)), at));
  return find_specs{std::move(what), std::move(others)};
}

void between(document& filter, std::string_view member, const std::optional<timestamp>& since,
             const std::optional<timestamp>& until) {
  if (!since && !until) return;
  document range;
  if (since) range.date("$gte", *since);
  // A date is cut to milliseconds: what lies within the last one is looked at by the reader.
  if (until) range.date("$lte", *until);
  filter.nested(member, range);
}

// `User.>` is what lies between "User." and "User/": a range, which any index serves.
document below(std::string_view prefix) {
  std::string end(prefix);
  ++end.back();
  document range;
  return std::move(range.text("$gte", prefix).text("$lt", end));
}

// A regular expression that says what lies before the first wildcard at its beginning, for an index.
document expression(std::string_view subject) {
  constexpr std::string_view special = "\\^$.|?*+()[]{}";
  std::string pattern = "^";
  for (const char c : subject) {
    if (c == '*') {
      pattern += "[^.]+";
    } else if (c == '>') {
      pattern += ".+";
    } else {
      if (special.find(c) != std::string_view::npos) pattern += '\\';
      pattern += c;
    }
  }
  document made;
  return std::move(made.text("$regex", pattern + '$'));
}

void of_subject(document& filter, std::string_view subject) {
  if (subject.empty() || subject == ">") return;
  const bool open = subject.ends_with(".>") && subject.find('*') == std::string_view::npos;
  if (open) {
    filter.nested("subject", below(subject.substr(0, subject.size() - 1)));
  } else if (subject.find_first_of("*>") == std::string_view::npos) {
    filter.text("subject", subject);
  } else {
    filter.nested("subject", expression(subject));
  }
}

result<void> check_filter(std::string_view subject, std::string_view where) {
  if (subject.empty() || is_subject_filter(subject)) return {};
  return error{errc::invalid_input,
               std::string(where),
               "'" + std::string(subject) + "' is no subject filter",
               "tokens are separated by dots; * stands for one, a last > for the rest",
               {}};
}

find_spec find_in(std::string_view collection) {
  return {std::string(collection), {}, {}};
}

}  // namespace

std::vector<document> beyond(std::string_view member, side where, log_position than) {
  const auto epoch = std::string(member) + ".epoch";
  const auto sequence = std::string(member) + ".sequence";
  document other_epoch;
  document further;
  further.integer(comparison(where), static_cast<std::int64_t>(than.epoch));
  other_epoch.nested(epoch, further);
  document same_epoch;
  document after;
  after.integer(comparison(where), static_cast<std::int64_t>(than.sequence));
  same_epoch.integer(epoch, static_cast<std::int64_t>(than.epoch)).nested(sequence, after);
  return {other_epoch, same_epoch};
}

std::size_t limit_of(const port::page_request& page) {
  return std::clamp<std::size_t>(page.limit, 1, page_limit);
}

std::string page_after(log_position last) {
  return std::to_string(last.epoch) + ':' + std::to_string(last.sequence);
}

std::string page_after(const dead_letter_record& last) {
  return std::to_string(date_of(last.at)) + ':' + last.id.to_string();
}

find_spec by_id(std::string_view collection, const id& what) {
  auto find = find_in(collection);
  find.filter.oid("_id", what);
  return find;
}

find_spec by_ids(std::string_view collection, const std::vector<id>& which) {
  auto find = find_in(collection);
  document any;
  any.oids("$in", which);
  find.filter.nested("_id", any);
  return find;
}

find_spec of_events(std::string_view collection, const std::vector<event_id>& events) {
  auto find = find_in(collection);
  document any;
  any.oids("$in", events);
  find.filter.nested("event", any);
  return find;
}

find_spec chain_events(const command_id& command) {
  auto find = find_in(collections::events);
  find.filter.oid("command", command);
  return find;
}

find_spec linked_events(const command_id& command) {
  auto find = find_in(collections::events);
  find.filter.oid("linked", command);
  return find;
}

result<find_specs> commands_page(const port::command_filter& filter, const port::page_request& page) {
  auto find = find_in(collections::commands);
  if (!filter.name.empty()) find.filter.text("name", filter.name);
  if (!filter.module.empty()) find.filter.text("module", filter.module);
  if (filter.status) find.filter.text("status", name_of(*filter.status));
  between(find.filter, "acceptedAt", filter.since, filter.until);
  return by_position(std::move(find), page);
}

result<find_specs> events_page(const port::event_filter& filter, const port::page_request& page) {
  if (auto checked = check_filter(filter.subject, "list events"); !checked) return std::move(checked).error();
  auto find = find_in(collections::events);
  of_subject(find.filter, filter.subject);
  if (filter.command) find.filter.oid("command", *filter.command);
  if (filter.failed_only) find.filter.flag("failed", true);
  between(find.filter, "time", filter.since, filter.until);
  return by_position(std::move(find), page);
}

result<find_specs> dead_letters_page(const port::dead_letter_filter& filter, const port::page_request& page) {
  if (auto checked = check_filter(filter.subject, "list dead letters"); !checked) return std::move(checked).error();
  auto find = find_in(collections::dead_letters);
  if (!filter.module.empty()) find.filter.text("module", filter.module);
  if (!filter.subscription.empty()) find.filter.text("subscription", filter.subscription);
  of_subject(find.filter, filter.subject);
  if (filter.status) find.filter.text("status", name_of(*filter.status));
  return by_time(std::move(find), page);
}

}  // namespace evd::store_mongo
