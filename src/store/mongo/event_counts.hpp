#pragma once
/// How often events failed.

#include <vector>

#include <evd/port/store.hpp>

#include "store/mongo/client_pool.hpp"

namespace evd::store_mongo {

/// Fills in `failed_attempts` and `open_dead_letters`, for all of them at once.
[[nodiscard]] result<void> count_failures(client& with, std::vector<port::event_document>& events);

}  // namespace evd::store_mongo
