#pragma once
/// The log of a file that is opened for reading only: who reads beside a running application writes nothing.

#include <memory>

#include <evd/port/log.hpp>

#include "broker/embedded/embedded_log.hpp"
#include "broker/embedded/lease_table.hpp"
#include "broker/embedded/record_reader.hpp"

namespace evd::broker_embedded {

/// Threads: safe from any thread.
class read_only_log final : public port::log {
 public:
  explicit read_only_log(const embedded_options& options);

  void commit(port::write what, port::committed done) override;
  result<std::unique_ptr<port::consumer>> subscribe(const subscription_record& what, port::delivery_sink sink) override;
  result<port::log_page> read(const log_cursor& after, std::size_t limit) override;
  result<void> recorded(const log_cursor& upto) override;
  void on_append(std::function<void()> notify) override;
  bool is_its_own_store() const override { return !options_.keep_records_for_recorder; }
  result<port::log_status> status() override;
  result<std::vector<port::subscription_lag>> lags() override;
  result<port::delivery_state> inspect(const event_id& event, const subscription_key& key) override;

 private:
  [[nodiscard]] error refusal(const char* where) const;

  const embedded_options options_;
  record_reader records_;
  std::unique_ptr<lease_table> leases_;  // null: no application runs, or this user may not look
};

}  // namespace evd::broker_embedded
