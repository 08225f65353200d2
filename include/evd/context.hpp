#pragma once
/// What a handler is given beside its command or event.

#include <chrono>
#include <exception>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include <evd/event.hpp>
#include <evd/export.hpp>
#include <evd/id.hpp>
#include <evd/logger.hpp>
#include <evd/options.hpp>
#include <evd/record.hpp>

namespace evd {

namespace runtime {
class execution;
}

/// One running of a handler.
///
/// Threads: publish from one thread at a time. Lifetime: until the handler has returned (a coroutine: finished).
class EVD_API context {
 public:
  explicit context(runtime::execution& state) : state_(state) {}
  context(const context&) = delete;
  context& operator=(const context&) = delete;

  /// Publishes an event of this chain. It goes out when the handler has succeeded, and not at all when it fails.
  ///
  /// Duplicates: a handler that runs again and publishes the same publishes the same id, stored once. Where the data
  /// hold
  ///   a time or a random value, give a key.
  /// Errors: throws `failure_exception` with payload_too_large or invalid_input; `std::logic_error` in a query, and in
  ///   a batch handler, which uses `publish_for` or `publish_for_all`.
  template <event_type Event>
  void publish(const Event& event, publish_options options = {}) {
    publish_erased(event_info_of<Event>(), &event, options);
  }
  void publish_erased(const event_info& type, const void* event, publish_options options);

  /// The command that started the chain.
  [[nodiscard]] command_id chain() const;
  /// What is being handled: the command, the event, or all events of a batch.
  [[nodiscard]] std::span<const id> parents() const;
  /// 1 for the first time.
  [[nodiscard]] std::uint32_t attempt() const;
  /// Who asked, in a command handler; empty when nobody is known, and in event handlers.
  [[nodiscard]] const std::string& caller() const;
  /// The event as the log has it; null in a command handler and in a batch.
  [[nodiscard]] const event_record* record() const;
  /// Set when the time limit has passed or the application is ending without time left to wait.
  [[nodiscard]] std::stop_token stop_token() const;
  /// Where this call is in its trace, as a W3C `traceparent` header: give it to what the handler calls. Empty: there is
  /// no trace.
  [[nodiscard]] std::string traceparent() const;
  /// Its lines carry the ids of chain, event and subscription.
  [[nodiscard]] const logger& log() const;

  [[nodiscard]] runtime::execution& state() { return state_; }

 private:
  runtime::execution& state_;
};

/// One event of a batch. It counts as handled when the handler returns, unless it was failed.
class EVD_API batch_entry {
 public:
  batch_entry(const event_record& record, const void* event, std::uint32_t attempt)
      : record_(&record), event_(event), attempt_(attempt) {}

  /// This event's attempt failed; the others of the batch are not concerned.
  void fail(std::exception_ptr why) { failure_ = std::move(why); }
  void fail(std::string_view why);

  [[nodiscard]] const event_record& record() const { return *record_; }
  [[nodiscard]] std::uint32_t attempt() const { return attempt_; }
  [[nodiscard]] const void* erased() const { return event_; }
  [[nodiscard]] const std::exception_ptr& failure() const { return failure_; }

 private:
  const event_record* record_;
  const void* event_;
  std::uint32_t attempt_;
  std::exception_ptr failure_;
};

template <class Event>
class batch_item {
 public:
  explicit batch_item(batch_entry& entry) : entry_(&entry) {}
  const Event& operator*() const { return *static_cast<const Event*>(entry_->erased()); }
  const Event* operator->() const { return static_cast<const Event*>(entry_->erased()); }
  void fail(std::exception_ptr why) const { entry_->fail(std::move(why)); }
  void fail(std::string_view why) const { entry_->fail(why); }
  [[nodiscard]] const event_record& record() const { return entry_->record(); }
  [[nodiscard]] std::uint32_t attempt() const { return entry_->attempt(); }
  [[nodiscard]] batch_entry& entry() const { return *entry_; }

 private:
  batch_entry* entry_;
};

/// The events of one call of a batch handler, in the order of the log.
template <class Event>
class batch {
 public:
  class iterator {
   public:
    explicit iterator(batch_entry* at) : at_(at) {}
    batch_item<Event> operator*() const { return batch_item<Event>(*at_); }
    iterator& operator++() {
      ++at_;
      return *this;
    }
    friend bool operator==(iterator, iterator) = default;

   private:
    batch_entry* at_;
  };

  explicit batch(std::span<batch_entry> entries) : entries_(entries) {}
  [[nodiscard]] iterator begin() const { return iterator(entries_.data()); }
  [[nodiscard]] iterator end() const { return iterator(entries_.data() + entries_.size()); }
  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  batch_item<Event> operator[](std::size_t i) const { return batch_item<Event>(entries_[i]); }

 private:
  std::span<batch_entry> entries_;
};

/// The context of a batch handler: an event it publishes belongs to one event of the batch, or to all under a key, so
/// that the ids are the same when the batch is cut differently next time.
class EVD_API batch_context : public context {
 public:
  using context::context;

  /// Publishes `event` as a consequence of `item`; goes out if the item has not failed.
  template <event_type Event, class Cause>
  void publish_for(const batch_item<Cause>& item, const Event& event, publish_options options = {}) {
    publish_for_erased(item.entry(), event_info_of<Event>(), &event, options);
  }
  /// Publishes `event` as a consequence of all; goes out unless the handler throws.
  template <event_type Event>
  void publish_for_all(std::string_view key, const Event& event, std::chrono::milliseconds delay = {}) {
    publish_for_all_erased(event_info_of<Event>(), &event, {.key = key, .delay = delay});
  }

 private:
  void publish_for_erased(const batch_entry& item, const event_info& type, const void* event, publish_options options);
  void publish_for_all_erased(const event_info& type, const void* event, publish_options options);
};

}  // namespace evd
