#include "store/mongo/event_writes.hpp"

#include <algorithm>

#include "store/mongo/event_holds.hpp"
#include "store/mongo/finds.hpp"
#include "store/mongo/schema.hpp"

namespace evd::store_mongo {
namespace {

// Fills a document that was made by a change of it before it came itself.
update completion(const id& which, const document& whole) {
  update fill;
  fill.filter.oid("_id", which).flag("incomplete", true);
  document set;
  bson_copy_to_excluding_noinit(whole.get(), set.get(), "_id", nullptr);
  document unset;
  unset.text("incomplete", "");
  fill.change.nested("$set", set).nested("$unset", unset);
  return fill;
}

update failure_mark(const event_id& which) {
  update mark;
  mark.filter.oid("_id", which);
  document failed;
  failed.flag("failed", true);
  document incomplete;
  incomplete.flag("incomplete", true);
  mark.change.nested("$set", failed).nested("$setOnInsert", incomplete);
  mark.upsert = true;
  return mark;
}

}  // namespace

void event_writes::add(const event_record& event, log_position position) {
  events_.push_back({&event, position});
  auto& seen = subjects_[event.subject];
  seen.version = std::max(seen.version, event.version);
  seen.last = std::max(seen.last, event.time);
}

result<void> event_writes::prepare(document_maker& maker) {
  for (const auto& each : events_) {
    inserts_.add([this, each](document_maker& by) {
      return by.event(*each.record, each.position, failed_.contains(each.record->id));
    });
  }
  return inserts_.prepare(maker, collections::events);
}

result<void> event_writes::send(client& with, document_maker& maker) {
  auto there = inserts_.send(with, collections::events);
  if (!there) return std::move(there).error();
  std::set<std::size_t> old(there->begin(), there->end());
  for (std::size_t i = 0; i < events_.size(); ++i) {
    if (!old.contains(i)) failed_.erase(events_[i].record->id);
  }
  if (auto done = complete(with, maker, *there); !done) return done;
  if (auto done = send_marks(with); !done) return done;
  return send_subjects(with);
}

// What is written again is complete nearly always: one find says which are not.
result<void> event_writes::complete(client& with, document_maker& maker, const std::vector<std::size_t>& there) {
  if (there.empty()) return {};
  std::vector<id> which;
  which.reserve(there.size());
  for (const auto index : there) which.push_back(events_[index].record->id);
  auto what = by_ids(collections::events, which);
  what.filter.flag("incomplete", true);
  std::set<event_id> incomplete;
  auto read = with.find(what, [&](const bson_t& found) {
    incomplete.insert(event_id{read_id(found)});
    return true;
  });
  if (!read) return read;
  std::vector<update> updates;
  for (const auto index : there) {
    const auto& each = events_[index];
    if (!incomplete.contains(each.record->id)) continue;
    updates.push_back(completion(each.record->id, maker.event(*each.record, each.position, false)));
  }
  if (auto done = update_all(with, collections::events, updates); !done) return std::move(done).error();
  if (maker.keep().count() == 0) return {};
  return hold_needed(with, {incomplete.begin(), incomplete.end()});
}

result<void> event_writes::send_marks(client& with) {
  std::vector<update> marks;
  for (const auto& each : failed_) marks.push_back(failure_mark(each));
  // Twice at most: who lost the race for making a document finds it now.
  for (int round = 0; round < 2 && !marks.empty(); ++round) {
    const auto lost = update_all(with, collections::events, marks);
    if (!lost) return lost.error();
    std::vector<update> again;
    for (const auto& each : *lost) again.push_back(marks[each.index]);
    marks = std::move(again);
  }
  return {};
}

result<void> event_writes::send_subjects(client& with) {
  std::vector<update> updates;
  for (const auto& [subject, seen] : subjects_) {
    update one;
    one.filter.text("_id", subject);
    document highest;
    highest.integer("version", seen.version)
        .date("last", seen.last)
        .integer("lastMicroseconds", seen.last.time_since_epoch().count());
    one.change.nested("$max", highest);
    one.upsert = true;
    updates.push_back(std::move(one));
  }
  const auto lost = update_all(with, collections::subjects, updates);
  if (!lost) return lost.error();
  for (const auto& each : *lost) {
    if (auto done = update_one(with, collections::subjects, updates[each.index]); !done) return std::move(done).error();
  }
  return {};
}

}  // namespace evd::store_mongo
