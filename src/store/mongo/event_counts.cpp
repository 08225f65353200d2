#include "store/mongo/event_counts.hpp"

#include <unordered_map>

#include "store/mongo/documents.hpp"
#include "store/mongo/finds.hpp"
#include "store/mongo/schema.hpp"

namespace evd::store_mongo {
namespace {

// Only the member that tells whose it is.
void event_alone(find_spec& what) {
  document members;
  members.integer("event", 1);
  what.options.nested("projection", members);
}

}  // namespace

result<void> count_failures(client& with, std::vector<port::event_document>& events) {
  if (events.empty()) return {};
  std::vector<event_id> ids;
  std::unordered_map<id, port::event_document*> by_id;
  for (auto& each : events) {
    ids.push_back(each.event.id);
    by_id[each.event.id] = &each;
  }
  const auto counting = [&](std::uint32_t port::event_document::*counter) {
    return [&by_id, counter](const bson_t& found) {
      bson_iter_t at;
      if (!bson_iter_init_find(&at, &found, "event") || !BSON_ITER_HOLDS_OID(&at)) return true;
      const auto which = by_id.find(from_oid(*bson_iter_oid(&at)));
      if (which != by_id.end()) ++(which->second->*counter);
      return true;
    };
  };
  auto attempts = of_events(collections::attempts, ids);
  event_alone(attempts);
  if (auto read = with.find(attempts, counting(&port::event_document::failed_attempts)); !read) return read;
  auto open = of_events(collections::dead_letters, ids);
  open.filter.text("status", name_of(dead_letter_status::open));
  event_alone(open);
  return with.find(open, counting(&port::event_document::open_dead_letters));
}

}  // namespace evd::store_mongo
