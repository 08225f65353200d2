#include "broker/embedded/read_only_log.hpp"

#include <unistd.h>

#include "broker/embedded/peers.hpp"
#include "sqlite/error.hpp"
#include "store/embedded/schema.hpp"

namespace evd::broker_embedded {

read_only_log::read_only_log(const embedded_options& options)
    : options_(options), records_(store_embedded::open_for_reading(options.path, options.busy)) {
  const auto path = options.path + "-leases";
  if (::access(path.c_str(), R_OK | W_OK) != 0) return;
  (void)sqlite::guarded([&] {
    leases_ = std::make_unique<lease_table>(
        path, [folder = options.path + "-peers"](std::uint32_t owner) { return is_peer_alive(folder, owner); });
  });
}

error read_only_log::refusal(const char* where) const {
  return {
      errc::read_only, where, options_.path + " was opened for reading only", "open it as a tool or application", {}};
}

void read_only_log::commit(port::write, port::committed done) {
  if (done) done(refusal("write to log"));
}

result<std::unique_ptr<port::consumer>> read_only_log::subscribe(const subscription_record&, port::delivery_sink) {
  return refusal("subscribe");
}

result<port::log_page> read_only_log::read(const log_cursor& after, std::size_t limit) {
  return sqlite::guarded([&] { return records_.read(after, limit); });
}

result<void> read_only_log::recorded(const log_cursor&) {
  return refusal("trim log");
}

void read_only_log::on_append(std::function<void()>) {}

result<port::log_status> read_only_log::status() {
  return sqlite::guarded([&] { return records_.status(options_.max_bytes); });
}

result<std::vector<port::subscription_lag>> read_only_log::lags() {
  return sqlite::guarded(
      [&] { return records_.lags(leases_ ? leases_->in_work() : std::unordered_map<std::uint64_t, std::uint64_t>{}); });
}

result<port::delivery_state> read_only_log::inspect(const event_id& event, const subscription_key& key) {
  return sqlite::guarded([&] {
    return records_.inspect(
        event, key, [&](lease_key lease) { return leases_ ? leases_->find(lease) : std::nullopt; },
        [&](std::uint32_t owner) { return peer_name(options_.path + "-peers", owner); });
  });
}

}  // namespace evd::broker_embedded
