#include "broker/nats/engine.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <utility>

namespace evd::broker_nats {

namespace {

using namespace std::chrono_literals;

/// What a message's headers may take beside its data.
constexpr std::size_t header_room = 4'096;
constexpr std::size_t max_ack_pending = 20'000;

constexpr std::string_view kind_names[] = {"single", "batch", "group", "ordered", "command"};

std::string consumer_config(const names& called, const subscription_record& what, const std::string& name,
                            const nats_options& options, const std::string& deliver_policy) {
  auto config = fmt::format(
      R"({{"durable_name":{},"filter_subjects":{},"deliver_policy":{},"ack_policy":"explicit","ack_wait":{},)"
      R"("max_deliver":-1,"max_ack_pending":{},"metadata":{{"evd-module":{},"evd-subscription":{},"evd-kind":{}}})",
      json_string(name), json_string(called.filters(what)), json_string(deliver_policy),
      std::chrono::nanoseconds(what.ack_wait).count(), max_ack_pending, json_string(what.module),
      json_string(what.name), json_string(kind_names[static_cast<std::size_t>(what.kind)]));
  if (what.kind == subscription_kind::ordered) {
    config += fmt::format(R"(,"priority_groups":["owner"],"priority_policy":"pinned_client","priority_timeout":{})",
                          std::chrono::nanoseconds(options.ordered_takeover).count());
  }
  return config + '}';
}

class nats_consumer final : public port::consumer {
 public:
  nats_consumer(engine& of, std::shared_ptr<feed> what) : of_(of), feed_(std::move(what)) {}
  ~nats_consumer() override { of_.forget(feed_); }
  void request(std::size_t count) override { feed_->request(count); }
  void extend(std::span<const port::delivery_token> tokens) override { feed_->extend(tokens); }
  void release(std::span<const port::delivery_token> tokens) override { feed_->release(tokens); }
  void stop(std::function<void()> done) override { feed_->stop(std::move(done)); }

 private:
  engine& of_;
  const std::shared_ptr<feed> feed_;
};

error closing() {
  return {errc::shutting_down, "write to log", "the log is being closed", "", {}};
}

}  // namespace

engine::engine(nats_options options)
    : options_(std::move(options)),
      called_(options_.name_space),
      log_(options_.log != nullptr ? *options_.log : standard_log(), {{"part", "broker/nats"}}) {}

result<void> engine::open() {
  const auto again = [this] { reconnected(); };
  auto prompt = connection::open(options_, connection::sending::at_once, log_, again);
  if (!prompt) return prompt.error();
  prompt_ = *std::move(prompt);
  auto bulk = connection::open(options_, connection::sending::in_bulk, log_, again);
  if (!bulk) return bulk.error();
  bulk_ = *std::move(bulk);
  server_ = std::make_unique<api>(*prompt_, options_.answer_timeout);
  auto streams = open_streams(*server_, called_, options_);
  if (!streams) return streams.error();
  streams_ = *std::move(streams);

  errands_ = std::make_unique<errands>();
  const auto later = [this](std::function<void()> what) { errands_->post(std::move(what)); };
  publisher_ = std::make_unique<publisher>(*prompt_, *bulk_, options_);
  if (auto started = publisher_->start(); !started) return started;
  bundler_ = std::make_shared<bundler>(*publisher_, called_);
  retrier_ = std::make_unique<retrier>(*publisher_, *server_, called_, later);
  inspector_ = std::make_unique<inspector>(*server_, called_);
  reader_ = std::make_unique<record_reader>(*prompt_, called_, options_.answer_timeout);
  keeper_ = std::make_unique<keeper>(*server_, called_, options_, streams_, log_);
  committing_ = std::make_unique<commit_environment>(
      commit_environment{*publisher_, *bundler_, *retrier_, called_, streams_.log.epoch, streams_.journal.epoch,
                         [this](port::delivery_token token) -> std::optional<feed::in_hand> {
                           const auto of = feed_of(token.subscription);
                           return of ? of->held(token.item) : std::nullopt;
                         },
                         [this](port::delivery_token token) {
                           if (const auto of = feed_of(token.subscription)) of->settle(token.item);
                         },
                         [this](bool durable) { job_ended(durable); }});
  feeding_ = std::make_unique<feed_environment>(feed_environment{
      *prompt_, *bulk_, called_, streams_.log.epoch, later,
      [this](const std::string& consumer) -> result<consumer_view> {
        const auto info = server_->consumer(called_.log_stream(), consumer);
        if (!info) return info.error();
        return consumer_view{*info ? (*info)->ack_pending : 0};
      },
      [this](const std::string& consumer) { (void)server_->unpin(called_.log_stream(), consumer, "owner"); },
      [this](std::string_view subject, const error& why) {
        log_.error("a message cannot be read; the recorder sets it aside",
                   {{"subject", subject}, {"error", why.to_string()}});
      }});
  inbox_ = std::make_unique<inbox>(*prompt_);
  if (options_.mode == opened_as::application) {
    if (auto made = mover::make_consumer(*server_, called_); !made) return made;
    mover_ = std::make_shared<mover>(*prompt_, *bulk_, *publisher_, called_, 1, inbox_->subject());
    if (auto added = inbox_->add(1, mover_); !added) return added;
  }
  const std::unique_lock hold{hooks_mutex_};
  hooked_ = true;
  return {};
}

engine::~engine() {
  closing_ = true;
  {
    const std::unique_lock hold{hooks_mutex_};
    hooked_ = false;
  }
  {
    std::unique_lock hold{jobs_mutex_};
    no_jobs_.wait_for(hold, options_.write_deadline + 5s, [&] { return jobs_ == 0; });
  }
  if (mover_) {
    mover_->stop();
    inbox_->remove(1);
  }
  inbox_.reset();
  keeper_.reset();
  if (errands_) errands_->stop();
  publisher_.reset();
  if (bulk_ && bulk_->connected()) bulk_->flush(options_.answer_timeout);
}

void engine::reconnected() {
  const std::shared_lock hold{hooks_mutex_};
  if (!hooked_) return;
  publisher_->reconnected();
  inbox_->reconnected();
}

// ---- writing ----

result<void> engine::check(const port::write& what) const {
  if (options_.mode == opened_as::read_only) {
    return error{errc::read_only, "write to log", "it was opened for reading only", "", {}};
  }
  if (closing_) return closing();
  if (auto wrong = keeper_->alarm()) return *std::move(wrong);
  const auto most = static_cast<std::size_t>(prompt_->max_payload()) - header_room;
  const auto fits = [&](std::string_view name, std::size_t size) -> result<void> {
    if (size <= most) return {};
    return error{
        errc::payload_too_large,
        "write to log",
        std::string(name) + " has " + std::to_string(size) + " bytes, the server takes " + std::to_string(most),
        "publish less, or raise max_payload of the server",
        {}};
  };
  for (const auto& each : what.commands) {
    if (auto one = fits(each.name, each.input.text.size()); !one) return one;
  }
  bool delayed = false;
  for (const auto& each : what.events) {
    if (auto one = fits(each.subject, each.data.text.size()); !one) return one;
    delayed = delayed || each.not_before.has_value();
  }
  const auto full = [&](std::string detail, const char* hint) {
    return error{errc::log_full, "write to log", std::move(detail), hint, {}};
  };
  const auto share = keeper_->fullness();
  if ((!what.commands.empty() && share > options_.commands_until) ||
      (!what.events.empty() && share > options_.events_until)) {
    return full(
        fmt::format("the stream {} is at {:.0f} % of its limit", called_.log_stream(), share * 100),
        "raise max_log_bytes (EVD_MAX_LOG_BYTES), or let recorder and subscriptions catch up: it goes on by itself");
  }
  if (delayed && keeper_->scheduled() >= options_.max_scheduled) {
    return full(fmt::format("{} retries and delayed events wait", keeper_->scheduled()), "raise max_scheduled");
  }
  return {};
}

void engine::commit(port::write what, port::committed done) {
  if (auto fits = check(what); !fits) {
    if (done) done(std::move(fits).error());
    return;
  }
  {
    const std::lock_guard hold{jobs_mutex_};
    ++jobs_;
  }
  std::make_shared<commit_job>(*committing_, std::move(what), std::move(done))->start();
}

void engine::job_ended(bool durable) {
  if (durable) {
    std::shared_ptr<std::function<void()>> call;
    {
      const std::lock_guard hold{notify_mutex_};
      call = notify_;
    }
    if (call) (*call)();
  } else {
    keeper_->hurry();
  }
  const std::lock_guard hold{jobs_mutex_};
  if (--jobs_ == 0) no_jobs_.notify_all();
}

void engine::on_append(std::function<void()> notify) {
  const std::lock_guard hold{notify_mutex_};
  notify_ = notify ? std::make_shared<std::function<void()>>(std::move(notify)) : nullptr;
}

// ---- subscriptions ----

std::shared_ptr<feed> engine::feed_of(std::uint64_t number) {
  const std::shared_lock hold{feeds_mutex_};
  const auto found = feeds_.find(number);
  return found == feeds_.end() ? nullptr : found->second;
}

result<void> engine::make_consumer(const subscription_record& what, const std::string& name) {
  const auto there = server_->consumer(called_.log_stream(), name);
  if (!there) return there.error();
  std::string policy = what.from_now ? "new" : "all";
  if (*there) {
    const auto kind = (*there)->metadata.find("evd-kind");
    const auto wanted = kind_names[static_cast<std::size_t>(what.kind)];
    if (kind == (*there)->metadata.end() || kind->second != wanted) {
      return error{errc::incompatible,
                   "subscribe",
                   what.module + '.' + what.name + " exists as a subscription of another kind",
                   "give the handler another name, or remove the old subscription first",
                   {}};
    }
    if ((*there)->filters == called_.filters(what) && (*there)->ack_wait == what.ack_wait) return {};
    policy = (*there)->deliver_policy;  // it counts once, when the consumer is made
  }
  const auto made =
      server_->put_consumer(called_.log_stream(), name, consumer_config(called_, what, name, options_, policy));
  if (!made) return made.error();
  return {};
}

result<std::unique_ptr<port::consumer>> engine::subscribe(const subscription_record& what, port::delivery_sink sink) {
  if (options_.mode == opened_as::read_only) {
    return error{errc::read_only, "subscribe", "the log was opened for reading only", "", {}};
  }
  auto complete = what;
  if (complete.ack_wait <= 0ms) complete.ack_wait = options_.default_ack_wait;
  const auto name = called_.consumer({what.module, what.name});
  if (auto wide = check_window(streams_.log, complete.ack_wait, what.module + '.' + what.name); !wide) {
    return wide.error();
  }
  if (auto made = make_consumer(complete, name); !made) return made.error();
  std::shared_ptr<feed> made;
  {
    const std::unique_lock hold{feeds_mutex_};
    const auto number = next_feed_++;
    made = std::make_shared<feed>(*feeding_, number, std::move(complete), called_.log_stream(), name, inbox_->subject(),
                                  std::move(sink));
    feeds_[number] = made;
  }
  if (auto added = inbox_->add(made->number(), made); !added) {
    const std::unique_lock hold{feeds_mutex_};
    feeds_.erase(made->number());
    return added.error();
  }
  return std::unique_ptr<port::consumer>{std::make_unique<nats_consumer>(*this, std::move(made))};
}

void engine::forget(const std::shared_ptr<feed>& what) {
  inbox_->remove(what->number());
  what->abandon();
  const std::unique_lock hold{feeds_mutex_};
  feeds_.erase(what->number());
}

// ---- reading ----

result<port::log_page> engine::read(const log_cursor& after, std::size_t limit) {
  if (auto wrong = keeper_->alarm()) return *std::move(wrong);
  return reader_->read(after, limit, streams_.log.epoch, streams_.journal.epoch);
}

result<void> engine::recorded(const log_cursor& upto) {
  keeper_->recorded(upto);
  return {};
}

result<port::log_status> engine::status() {
  const auto facts = server_->stream(called_.log_stream());
  if (!facts) return facts.error();
  const auto journal = server_->stream(called_.journal_stream());
  if (!journal) return journal.error();
  if (!*facts || !*journal) {
    return error{errc::corrupt,
                 "look at log",
                 "a stream of the namespace '" + options_.name_space + "' is missing",
                 "restore the server's data; nothing is made anew",
                 {}};
  }
  port::log_status status;
  status.description = "NATS " + prompt_->address() + ", namespace " + options_.name_space;
  status.bytes = (*facts)->bytes;
  status.max_bytes = (*facts)->max_bytes;
  status.last = {{(*facts)->epoch, (*facts)->last}, {(*journal)->epoch, (*journal)->last}};
  return status;
}

result<std::vector<port::subscription_lag>> engine::lags() {
  // Acknowledgements that this instance has just given count.
  if (bulk_->connected()) bulk_->flush(options_.answer_timeout);
  return inspector_->lags();
}

result<port::delivery_state> engine::inspect(const event_id& event, const subscription_key& key) {
  port::delivery_state state;
  {
    const std::shared_lock hold{feeds_mutex_};
    for (const auto& [number, each] : feeds_) {
      if (each->what().module != key.module || each->what().name != key.name) continue;
      const auto here = each->inspect(event, options_.instance);
      if (here.in_work || here.handled) state = here;
    }
  }
  auto retry = inspector_->waiting_retry(event, key);
  if (!retry) return retry.error();
  state.retry = *std::move(retry);
  return state;
}

}  // namespace evd::broker_nats
