#include "store/mongo/sweeper.hpp"

#include "store/mongo/schema.hpp"

namespace evd::store_mongo {

result<std::uint64_t> sweep(client& with, timestamp now) {
  std::uint64_t removed = 0;
  for (const auto collection : expiring) {
    document before;
    before.date("$lte", now);
    document expired;
    expired.nested("expires", before);
    const auto some = with.remove(collection, expired);
    if (!some) return some;
    removed += *some;
  }
  return removed;
}

sweeper::sweeper(client_pool& pool, log_sink& log, std::chrono::seconds every)
    : pool_(pool),
      logger_(log, {{"part", "store"}}),
      thread_([this, every](const std::stop_token& stop) { run(stop, every); }) {}

void sweeper::run(const std::stop_token& stop, std::chrono::seconds every) {
  while (!stop.stop_requested()) {
    auto with = pool_.take();
    const auto now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    const auto removed = with ? sweep(*with, now) : result<std::uint64_t>(with.error());
    if (!removed) {
      logger_.warning("cannot remove what has expired; trying again later", {{"error", removed.error().to_string()}});
    } else if (*removed > 0) {
      logger_.info("removed what has expired", {{"documents", *removed}});
    }
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, stop, every, [] { return false; });
  }
}

}  // namespace evd::store_mongo
