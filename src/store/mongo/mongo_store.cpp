#include "store/mongo/mongo_store.hpp"

#include <mutex>
#include <optional>
#include <utility>

#include "store/mongo/client_pool.hpp"
#include "store/mongo/queries.hpp"
#include "store/mongo/schema.hpp"
#include "store/mongo/summaries.hpp"
#include "store/mongo/sweeper.hpp"
#include "store/mongo/writing.hpp"

namespace evd::store_mongo {
namespace {

class mongo_store final : public port::store {
 public:
  mongo_store(std::unique_ptr<client_pool> pool, const mongo_store_options& options)
      : pool_(std::move(pool)),
        mode_(options.mode),
        sweep_every_(options.sweep_every),
        log_(options.log != nullptr ? *options.log : standard_log()) {}

  /// Makes or checks what has to be there, once. Errors: as those of schema.hpp; then the next call tries again.
  result<void> prepare() {
    const std::lock_guard hold{mutex_};
    if (prepared_) return {};
    auto with = pool_->take();
    if (!with) return std::move(with).error();
    if (mode_ != store_mode::create) {
      if (auto checked = check_schema(*with, pool_->servers() + '/' + pool_->database()); !checked) return checked;
    } else {
      if (auto made = create_schema(*with); !made) return made;
      if (auto begun = begin_expiry(*with); !begun) return begun;
    }
    prepared_ = true;
    return {};
  }

  result<void> apply(std::span<const port::positioned_change> changes, const log_cursor& recorded) override {
    return write("apply changes",
                 [&](client& with) { return store_mongo::apply(with, pool_->keep(), changes, recorded); });
  }
  result<log_cursor> recorded() override { return with_client(read_progress); }
  result<void> quarantine(const port::quarantined_record& record) override {
    return write("quarantine record", [&](client& with) { return store_mongo::quarantine(with, record); });
  }

  result<std::optional<port::command_document>> command(const command_id& id) override {
    return with_client([&](client& with) { return find_command(with, id); });
  }
  result<std::optional<port::event_document>> event(const event_id& id) override {
    return with_client([&](client& with) { return find_event(with, id); });
  }
  result<std::optional<port::dead_letter_document>> dead_letter(const dead_letter_id& id) override {
    return with_client([&](client& with) { return find_dead_letter(with, id); });
  }
  result<std::optional<port::chain_document>> chain(const id& command_or_event) override {
    return with_client([&](client& with) { return find_chain(with, command_or_event); });
  }
  result<std::vector<attempt_record>> attempts(const event_id& event) override {
    return with_client([&](client& with) { return find_attempts(with, event); });
  }
  result<port::page<port::command_document>> commands(const port::command_filter& filter,
                                                      const port::page_request& page) override {
    return with_client([&](client& with) { return list_commands(with, filter, page); });
  }
  result<port::page<port::event_document>> events(const port::event_filter& filter,
                                                  const port::page_request& page) override {
    return with_client([&](client& with) { return list_events(with, filter, page); });
  }
  result<port::page<port::dead_letter_document>> dead_letters(const port::dead_letter_filter& filter,
                                                              const port::page_request& page) override {
    return with_client([&](client& with) { return list_dead_letters(with, filter, page); });
  }
  result<std::vector<port::subject_summary>> subjects() override { return with_client(list_subjects); }
  result<std::vector<port::subscription_summary>> subscriptions() override { return with_client(list_subscriptions); }
  result<port::store_totals> totals() override { return with_client(read_totals); }

 private:
  result<void> begin_expiry(client& with) {
    if (pool_->keep().count() == 0) return {};
    const auto by = create_expiry(with);
    if (!by) return by.error();
    const logger say{log_, {{"part", "store"}}};
    if (*by == expiry::by_server) {
      say.info("the server removes documents when they expire", {{"keep", to_string(pool_->keep())}});
      return {};
    }
    say.warning("the server has no TTL indexes: this instance removes documents when they expire",
                {{"keep", to_string(pool_->keep())}, {"everySeconds", sweep_every_.count()}});
    sweeper_.emplace(*pool_, log_, sweep_every_);
    return {};
  }

  template <class Work>
  auto with_client(Work&& work) -> decltype(work(std::declval<client&>())) {
    if (auto ready = prepare(); !ready) return std::move(ready).error();
    auto with = pool_->take();
    if (!with) return std::move(with).error();
    return work(*with);
  }
  template <class Work>
  result<void> write(const char* where, Work&& work) {
    if (mode_ == store_mode::read_only) {
      return error{
          errc::read_only, where, pool_->servers() + " was opened for reading only", "open it for writing", {}};
    }
    return with_client(std::forward<Work>(work));
  }

  const std::unique_ptr<client_pool> pool_;
  const store_mode mode_;
  const std::chrono::seconds sweep_every_;
  log_sink& log_;
  std::mutex mutex_;
  bool prepared_ = false;           // guarded by mutex_
  std::optional<sweeper> sweeper_;  // guarded by mutex_; ends first
};

}  // namespace

result<std::unique_ptr<port::store>> open_mongo_store(const mongo_store_options& options) {
  auto where = read_address(options.url);
  if (!where) return std::move(where).error();
  auto pool = client_pool::open(*std::move(where));
  if (!pool) return std::move(pool).error();
  auto store = std::make_unique<mongo_store>(*std::move(pool), options);
  if (auto ready = store->prepare(); !ready) {
    const auto code = ready.error().code;
    const bool away = code == errc::unavailable || code == errc::busy;
    if (!away || options.mode != store_mode::create) return std::move(ready).error();
  }
  return std::unique_ptr<port::store>(std::move(store));
}

}  // namespace evd::store_mongo
