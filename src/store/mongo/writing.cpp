#include "store/mongo/writing.hpp"

#include <type_traits>
#include <variant>
#include <vector>

#include "store/mongo/command_writes.hpp"
#include "store/mongo/dead_letter_writes.hpp"
#include "store/mongo/event_writes.hpp"
#include "store/mongo/finds.hpp"
#include "store/mongo/schema.hpp"
#include "store/mongo/status.hpp"

namespace evd::store_mongo {
namespace {

// Sets what `which` holds, unless that is of the same position or a later one.
result<void> advance(client& with, std::string_view collection, const document& which, std::string_view member,
                     log_position position, const document& whole) {
  update to;
  to.filter = which;
  to.filter.list("$or", beyond(member, side::lower, position));
  to.change = whole;
  to.replace = true;
  to.upsert = true;
  auto done = update_one(with, collection, to);
  if (!done) return std::move(done).error();
  if (*done) return {};
  // There already: with a later one, or made by another just now, with an earlier one.
  to.upsert = false;
  if (done = update_one(with, collection, to); !done) return std::move(done).error();
  return {};
}

result<void> advance_progress(client& with, std::string_view stream, log_position position) {
  if (position == log_position{}) return {};
  document which;
  which.text("_id", stream);
  document whole = which;
  return advance(with, collections::progress, which, "recorded", position, whole.position("recorded", position));
}

class batch {
 public:
  explicit batch(std::chrono::milliseconds keep) : maker_(keep) {}

  void add(const port::positioned_change& what) {
    const auto position = what.position;
    std::visit([&](const auto& change) { add(change, position); }, what.change);
  }

  // Everything is made before anything is sent: what can't be stored is found while nothing is.
  result<void> send(client& with) {
    if (auto made = prepare(); !made) return made;
    if (auto done = commands_.send(with, maker_); !done) return done;
    if (auto done = attempts_.send(with, collections::attempts); !done) return std::move(done).error();
    if (auto done = outcomes_.send(with, collections::outcomes); !done) return std::move(done).error();
    if (auto done = events_.send(with, maker_); !done) return done;
    if (auto done = dead_letters_.send(with, maker_); !done) return done;
    for (const auto& [record, position] : subscriptions_) {
      document which;
      which.text("_id", record->module + '.' + record->name);
      const auto whole = maker_.subscription(*record, position);
      if (auto done = advance(with, collections::subscriptions, which, "position", position, whole); !done) return done;
    }
    return {};
  }

 private:
  void add(const port::insert_command& what, log_position position) { commands_.add(what.document, position); }
  void add(const port::close_command& what, log_position position) { commands_.close(what.outcome, position); }
  void add(const port::insert_event& what, log_position position) { events_.add(what.document, position); }
  void add(const port::insert_attempt& what, log_position) {
    attempts_.add([&record = what.document](document_maker& by) { return by.attempt(record); });
    events_.mark_failed(what.document.event);
  }
  void add(const port::insert_outcome& what, log_position) {
    outcomes_.add([&record = what.document](document_maker& by) { return by.outcome(record); });
  }
  void add(const port::open_dead_letter& what, log_position position) {
    dead_letters_.open(what.document, position);
    events_.mark_failed(what.document.event);
  }
  void add(const port::change_dead_letter& what, log_position position) {
    dead_letters_.change(what.change, position, asked_by::person);
  }
  void add(const port::resolve_dead_letter& what, log_position position) {
    dead_letters_.change({what.id, dead_letter_status::resolved, what.at, "evd"}, position, asked_by::success);
  }
  void add(const port::put_subscription& what, log_position position) {
    subscriptions_.emplace_back(&what.document, position);
  }

  result<void> prepare() {
    if (auto made = commands_.prepare(maker_); !made) return made;
    if (auto made = events_.prepare(maker_); !made) return made;
    if (auto made = attempts_.prepare(maker_, collections::attempts); !made) return made;
    return outcomes_.prepare(maker_, collections::outcomes);
  }

  document_maker maker_;
  command_writes commands_;
  event_writes events_;
  inserts attempts_, outcomes_;
  dead_letter_writes dead_letters_;
  std::vector<std::pair<const subscription_record*, log_position>> subscriptions_;
};

}  // namespace

result<void> apply(client& with, std::chrono::milliseconds keep, std::span<const port::positioned_change> changes,
                   const log_cursor& recorded) {
  batch all(keep);
  for (const auto& each : changes) all.add(each);
  if (auto sent = all.send(with); !sent) return sent;
  if (auto noted = advance_progress(with, "log", recorded.log); !noted) return noted;
  return advance_progress(with, "journal", recorded.journal);
}

result<log_cursor> read_progress(client& with) {
  log_cursor cursor;
  auto read = with.find({std::string(collections::progress), {}, {}}, [&](const bson_t& found) {
    bson_iter_t at;
    if (!bson_iter_init_find(&at, &found, "_id") || !BSON_ITER_HOLDS_UTF8(&at)) return true;
    const std::string_view stream = bson_iter_utf8(&at, nullptr);
    if (stream == "log") cursor.log = read_position(found, "recorded");
    if (stream == "journal") cursor.journal = read_position(found, "recorded");
    return true;
  });
  if (!read) return std::move(read).error();
  return cursor;
}

result<void> quarantine(client& with, const port::quarantined_record& record) {
  document_maker maker(std::chrono::milliseconds{0});
  const auto failed = insert_all(with, collections::quarantine, {maker.quarantined(record)});
  if (!failed) return failed.error();
  for (const auto& each : *failed) {
    if (each.code != duplicate_key) return translate_code(each.code, each.message, "quarantine record");
  }
  return {};
}

}  // namespace evd::store_mongo
