#pragma once
/// Events that do not expire, because an open dead letter needs them.

#include <set>
#include <vector>

#include "store/mongo/client_pool.hpp"
#include "store/mongo/documents.hpp"

namespace evd::store_mongo {

/// Which of these an open or retrying dead letter needs.
[[nodiscard]] result<std::set<event_id>> needed_among(client& with, const std::vector<event_id>& events);

/// A dead letter of this event is open, and written.
result<void> hold_event(client& with, const event_id& event);

/// A dead letter of this event is open no longer, since `then`. Another one may be: who releases looks again
/// afterwards, and who holds does so after its dead letter is there, so that one of them finds the other.
result<void> release_event(client& with, const document_maker& maker, const event_id& event, timestamp then);

/// These events have come after a change of them: a dead letter may have been there before.
result<void> hold_needed(client& with, const std::vector<event_id>& events);

}  // namespace evd::store_mongo
