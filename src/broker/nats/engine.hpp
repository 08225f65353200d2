#pragma once
/// `port::log` over NATS JetStream: owns the parts of this folder and ties them together. See README.md.

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>

#include <evd/port/log.hpp>

#include "broker/nats/api.hpp"
#include "broker/nats/bundler.hpp"
#include "broker/nats/commit_job.hpp"
#include "broker/nats/errands.hpp"
#include "broker/nats/feed.hpp"
#include "broker/nats/inbox.hpp"
#include "broker/nats/inspector.hpp"
#include "broker/nats/keeper.hpp"
#include "broker/nats/mover.hpp"
#include "broker/nats/record_reader.hpp"
#include "broker/nats/retrier.hpp"

namespace evd::broker_nats {

class engine final : public port::log {
 public:
  explicit engine(nats_options options);
  ~engine() override;

  /// Connects and checks. REQUIRES: called once, before everything else.
  [[nodiscard]] result<void> open();

  void commit(port::write what, port::committed done) override;
  result<std::unique_ptr<port::consumer>> subscribe(const subscription_record& what, port::delivery_sink sink) override;
  result<port::log_page> read(const log_cursor& after, std::size_t limit) override;
  result<void> recorded(const log_cursor& upto) override;
  void on_append(std::function<void()> notify) override;
  bool is_its_own_store() const override { return false; }
  result<port::log_status> status() override;
  result<std::vector<port::subscription_lag>> lags() override;
  result<port::delivery_state> inspect(const event_id& event, const subscription_key& key) override;

  /// The consumer's end has come.
  void forget(const std::shared_ptr<feed>& what);

 private:
  [[nodiscard]] result<void> check(const port::write& what) const;
  [[nodiscard]] result<void> make_consumer(const subscription_record& what, const std::string& name);
  [[nodiscard]] std::shared_ptr<feed> feed_of(std::uint64_t number);
  void job_ended(bool durable);
  void reconnected();

  const nats_options options_;
  const names called_;
  const logger log_;

  std::shared_mutex hooks_mutex_;
  bool hooked_ = false;  // guarded by hooks_mutex_: callbacks of connections may use what is below

  std::unique_ptr<connection> prompt_;
  std::unique_ptr<connection> bulk_;
  std::unique_ptr<api> server_;
  stream_set streams_;
  std::unique_ptr<errands> errands_;
  std::unique_ptr<publisher> publisher_;
  std::shared_ptr<bundler> bundler_;
  std::unique_ptr<retrier> retrier_;
  std::unique_ptr<commit_environment> committing_;
  std::unique_ptr<feed_environment> feeding_;
  std::unique_ptr<keeper> keeper_;
  std::unique_ptr<record_reader> reader_;
  std::unique_ptr<inspector> inspector_;
  std::shared_ptr<mover> mover_;

  std::shared_mutex feeds_mutex_;
  std::map<std::uint64_t, std::shared_ptr<feed>> feeds_;  // guarded by feeds_mutex_
  std::uint64_t next_feed_ = 2;                           // likewise; 1 is the mover's

  std::mutex jobs_mutex_;
  std::condition_variable no_jobs_;
  std::size_t jobs_ = 0;  // guarded by jobs_mutex_
  std::atomic<bool> closing_{false};

  std::mutex notify_mutex_;
  std::shared_ptr<std::function<void()>> notify_;  // guarded by notify_mutex_

  std::unique_ptr<inbox> inbox_;
};

}  // namespace evd::broker_nats
