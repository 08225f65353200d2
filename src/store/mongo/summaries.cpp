#include "store/mongo/summaries.hpp"

#include <cmath>
#include <functional>
#include <map>

#include "store/mongo/documents.hpp"
#include "store/mongo/schema.hpp"

namespace evd::store_mongo {
namespace {

std::string text_of(const bson_t& from, const char* name) {
  bson_iter_t at;
  bson_iter_t found;
  std::uint32_t bytes = 0;
  if (!bson_iter_init(&at, &from) || !bson_iter_find_descendant(&at, name, &found) || !BSON_ITER_HOLDS_UTF8(&found)) {
    return {};
  }
  const char* text = bson_iter_utf8(&found, &bytes);
  return {text, bytes};
}

double number_of(const bson_t& from, const char* name) {
  bson_iter_t at;
  return bson_iter_init_find(&at, &from, name) ? bson_iter_as_double(&at) : 0;
}

document one(std::string_view name, const document& value) {
  document made;
  return std::move(made.nested(name, value));
}

document open_letters() {
  document filter;
  document absent;
  absent.flag("$exists", false);
  return std::move(filter.text("status", name_of(dead_letter_status::open)).nested("incomplete", absent));
}

// `$group` with one sum, because FerretDB 1.24 takes a second one for 0. `what`: "$duration", or empty to count.
document group_by(const document& key, std::string_view what) {
  document sum;
  if (what.empty()) {
    sum.integer("$sum", 1);
  } else {
    sum.text("$sum", what);
  }
  document stage = key;
  return one("$group", stage.nested("sum", sum));
}

result<void> by_subject(client& with, std::string_view collection, const std::vector<document>& before,
                        const std::function<void(const std::string&, std::uint64_t)>& each) {
  document key;
  key.text("_id", "$subject");
  auto pipeline = before;
  pipeline.push_back(group_by(key, ""));
  return with.aggregate(collection, pipeline, [&](const bson_t& group) {
    // Changes that wait for their event have no subject.
    if (auto subject = text_of(group, "_id"); !subject.empty()) {
      each(subject, static_cast<std::uint64_t>(number_of(group, "sum")));
    }
    return true;
  });
}

result<void> by_subscription(client& with, std::string_view collection, const std::vector<document>& before,
                             std::string_view what, const std::function<void(const std::string&, double)>& each) {
  document names;
  names.text("module", "$module").text("subscription", "$subscription");
  document key;
  key.nested("_id", names);
  auto pipeline = before;
  pipeline.push_back(group_by(key, what));
  return with.aggregate(collection, pipeline, [&](const bson_t& group) {
    each(text_of(group, "_id.module") + '.' + text_of(group, "_id.subscription"), number_of(group, "sum"));
    return true;
  });
}

std::uint64_t whole(double number) {
  return static_cast<std::uint64_t>(std::llround(number));
}

// What has all of its members; changes that wait for the rest are few, and have an index.
result<std::uint64_t> complete_ones(client& with, std::string_view collection) {
  const auto all = with.estimated_count(collection);
  if (!all) return all;
  document incomplete;
  incomplete.flag("incomplete", true);
  const auto waiting = with.count(collection, incomplete);
  if (!waiting) return waiting;
  return *all - std::min(*all, *waiting);
}

}  // namespace

result<std::vector<port::subject_summary>> list_subjects(client& with) {
  std::map<std::string, port::subject_summary> all;
  auto read = with.find({std::string(collections::subjects), {}, {}}, [&](const bson_t& found) {
    port::subject_summary summary;
    summary.subject = text_of(found, "_id");
    summary.version = static_cast<std::uint32_t>(number_of(found, "version"));
    bson_iter_t at;
    if (bson_iter_init_find(&at, &found, "lastMicroseconds")) {
      summary.last = timestamp{std::chrono::microseconds{bson_iter_as_int64(&at)}};
    }
    all.insert_or_assign(summary.subject, summary);
    return true;
  });
  if (!read) return std::move(read).error();
  const auto of = [&](const std::string& subject) -> port::subject_summary& {
    auto& summary = all[subject];
    summary.subject = subject;
    return summary;
  };
  read = by_subject(with, collections::events, {},
                    [&](const std::string& subject, std::uint64_t sum) { of(subject).events = sum; });
  if (!read) return std::move(read).error();
  read = by_subject(with, collections::attempts, {},
                    [&](const std::string& subject, std::uint64_t sum) { of(subject).failed_attempts = sum; });
  if (!read) return std::move(read).error();
  read = by_subject(with, collections::dead_letters, {one("$match", open_letters())},
                    [&](const std::string& subject, std::uint64_t sum) { of(subject).open_dead_letters = sum; });
  if (!read) return std::move(read).error();
  std::vector<port::subject_summary> subjects;
  subjects.reserve(all.size());
  for (auto& [subject, summary] : all) subjects.push_back(std::move(summary));
  return subjects;
}

result<std::vector<port::subscription_summary>> list_subscriptions(client& with) {
  std::map<std::string, port::subscription_summary> all;
  auto read = with.find({std::string(collections::subscriptions), {}, {}}, [&](const bson_t& found) {
    auto record = read_record<subscription_record>(found);
    all[record.module + '.' + record.name].subscription = std::move(record);
    return true;
  });
  if (!read) return std::move(read).error();
  // Those that nobody registered are none.
  const auto add = [&](const std::string& key, const std::function<void(port::subscription_summary&)>& to) {
    if (const auto found = all.find(key); found != all.end()) to(found->second);
  };
  read = by_subscription(with, collections::outcomes, {}, "", [&](const std::string& key, double sum) {
    add(key, [&](auto& summary) { summary.handled = whole(sum); });
  });
  if (!read) return std::move(read).error();
  read =
      by_subscription(with, collections::outcomes, {}, "$duration", [&](const std::string& key, double milliseconds) {
        add(key, [&](auto& summary) {
          const auto handled = static_cast<double>(std::max<std::uint64_t>(summary.handled, 1));
          summary.mean_duration = std::chrono::microseconds{std::llround(milliseconds * 1'000.0 / handled)};
        });
      });
  if (!read) return std::move(read).error();
  read = by_subscription(with, collections::attempts, {}, "", [&](const std::string& key, double sum) {
    add(key, [&](auto& summary) { summary.failed_attempts = whole(sum); });
  });
  if (!read) return std::move(read).error();
  read = by_subscription(with, collections::dead_letters, {one("$match", open_letters())}, "",
                         [&](const std::string& key, double sum) {
                           add(key, [&](auto& summary) { summary.open_dead_letters = whole(sum); });
                         });
  if (!read) return std::move(read).error();
  std::vector<port::subscription_summary> subscriptions;
  subscriptions.reserve(all.size());
  for (auto& [key, summary] : all) subscriptions.push_back(std::move(summary));
  return subscriptions;
}

result<port::store_totals> read_totals(client& with) {
  port::store_totals totals;
  const auto set = [](std::uint64_t& to, const result<std::uint64_t>& counted) -> result<void> {
    if (!counted) return counted.error();
    to = *counted;
    return {};
  };
  if (auto done = set(totals.commands, complete_ones(with, collections::commands)); !done)
    return std::move(done).error();
  if (auto done = set(totals.events, complete_ones(with, collections::events)); !done) return std::move(done).error();
  if (auto done = set(totals.outcomes, with.estimated_count(collections::outcomes)); !done) {
    return std::move(done).error();
  }
  if (auto done = set(totals.attempts, with.estimated_count(collections::attempts)); !done) {
    return std::move(done).error();
  }
  if (auto done = set(totals.quarantined, with.estimated_count(collections::quarantine)); !done) {
    return std::move(done).error();
  }
  if (auto done = set(totals.open_dead_letters, with.count(collections::dead_letters, open_letters())); !done) {
    return std::move(done).error();
  }
  return totals;
}

}  // namespace evd::store_mongo
