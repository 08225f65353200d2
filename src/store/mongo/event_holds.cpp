#include "store/mongo/event_holds.hpp"

#include "store/mongo/bulk.hpp"
#include "store/mongo/finds.hpp"
#include "store/mongo/schema.hpp"

namespace evd::store_mongo {
namespace {

result<void> change(client& with, const event_id& event, const char* how, const document& expires) {
  update what;
  what.filter.oid("_id", event);
  what.change.nested(how, expires);
  if (auto done = update_one(with, collections::events, what); !done) return std::move(done).error();
  return {};
}

}  // namespace

result<std::set<event_id>> needed_among(client& with, const std::vector<event_id>& events) {
  std::set<event_id> needed;
  if (events.empty()) return needed;
  auto what = of_events(collections::dead_letters, events);
  document open;
  open.texts("$in", {name_of(dead_letter_status::open), name_of(dead_letter_status::retrying)});
  what.filter.nested("status", open);
  auto read = with.find(what, [&](const bson_t& found) {
    bson_iter_t at;
    if (bson_iter_init_find(&at, &found, "event") && BSON_ITER_HOLDS_OID(&at)) {
      needed.insert(event_id{from_oid(*bson_iter_oid(&at))});
    }
    return true;
  });
  if (!read) return std::move(read).error();
  return needed;
}

result<void> hold_event(client& with, const event_id& event) {
  document expires;
  return change(with, event, "$unset", expires.text("expires", ""));
}

result<void> release_event(client& with, const document_maker& maker, const event_id& event, timestamp then) {
  const auto before = needed_among(with, {event});
  if (!before) return before.error();
  if (!before->empty()) return {};
  document expires;
  maker.expiry(expires, then);
  if (auto done = change(with, event, "$set", expires); !done) return done;
  return hold_needed(with, {event});
}

result<void> hold_needed(client& with, const std::vector<event_id>& events) {
  const auto needed = needed_among(with, events);
  if (!needed) return needed.error();
  for (const auto& event : *needed) {
    if (auto held = hold_event(with, event); !held) return held;
  }
  return {};
}

}  // namespace evd::store_mongo
