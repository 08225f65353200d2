#pragma once
/// Sums over whole collections. They are counted when asked for, by indexes where there are some: exact after any
/// crash, because nothing is counted up while writing.

#include <vector>

#include <evd/port/store.hpp>

#include "store/mongo/client_pool.hpp"

namespace evd::store_mongo {

[[nodiscard]] result<std::vector<port::subject_summary>> list_subjects(client& with);
[[nodiscard]] result<std::vector<port::subscription_summary>> list_subscriptions(client& with);
[[nodiscard]] result<port::store_totals> read_totals(client& with);

}  // namespace evd::store_mongo
