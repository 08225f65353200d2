#pragma once
/// Events, and that some of them failed.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "store/mongo/inserts.hpp"

namespace evd::store_mongo {

/// Threads: one at a time. Lifetime: the records given live until `send` has returned.
class event_writes {
 public:
  void add(const event_record& event, log_position position);
  /// `event` has a failed attempt or a dead letter. It may not be there yet.
  void mark_failed(const event_id& event) { failed_.insert(event); }

  result<void> prepare(document_maker& maker);
  result<void> send(client& with, document_maker& maker);

 private:
  struct entry {
    const event_record* record;
    log_position position;
  };
  /// What every subject has been seen to have at most; kept apart from the events, because they expire.
  struct subject_seen {
    std::uint32_t version = 0;
    timestamp last{};
  };
  result<void> complete(client& with, document_maker& maker, const std::vector<std::size_t>& there);
  result<void> send_marks(client& with);
  result<void> send_subjects(client& with);

  std::vector<entry> events_;
  inserts inserts_;
  std::set<event_id> failed_;
  std::map<std::string, subject_seen> subjects_;
};

}  // namespace evd::store_mongo
