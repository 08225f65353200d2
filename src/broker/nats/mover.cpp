#include "broker/nats/mover.hpp"

#include <fmt/format.h>

#include "broker/nats/header_view.hpp"
#include "broker/nats/schedule.hpp"

namespace evd::broker_nats {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t at_once = 256;
constexpr auto pull_expires = 1000ms;
constexpr auto pull_grace = 1500ms;
constexpr auto pause = 250ms;

}  // namespace

// One message on its way from the schedules to the log.
struct mover::move final : public publish_target {
  std::shared_ptr<mover> of;
  message content;
  std::string reply;
  outgoing what;

  void published(std::uint32_t, publish_outcome&& outcome) override {
    // Not the one it was to follow: it was moved before, or a later attempt has been made. Either way it is done. What
    // failed stays, and comes again after its ack wait.
    of->moved(reply, outcome.what != publish_outcome::kind::failed);
  }
};

mover::mover(connection& prompt, connection& bulk, publisher& over, const names& called, std::uint64_t number,
             const std::string& inbox)
    : prompt_(prompt),
      bulk_(bulk),
      publisher_(over),
      called_(called),
      next_subject_("$JS.API.CONSUMER.MSG.NEXT." + called.schedules_stream() + '.' + names::mover()),
      reply_(fmt::format("{}.{}.", inbox, number)) {}

result<void> mover::make_consumer(api& server, const names& called) {
  const auto made = server.put_consumer(
      called.schedules_stream(), names::mover(),
      fmt::format(R"({{"durable_name":{},"filter_subject":{},"ack_policy":"explicit","ack_wait":30000000000,)"
                  R"("max_deliver":-1,"max_ack_pending":10000}})",
                  json_string(names::mover()), json_string(called.due_filter())));
  if (!made) return made.error();
  return {};
}

void mover::ask(steady::time_point now) {
  if (stopping_ || left_ > 0 || moving_ >= at_once || now < pause_until_ || !prompt_.connected()) return;
  const auto body =
      fmt::format(R"({{"batch":{},"expires":{}}})", at_once - moving_, std::chrono::nanoseconds(pull_expires).count());
  const auto reply = reply_ + std::to_string(++pull_);
  if (prompt_.publish(next_subject_.c_str(), reply.c_str(), body) != NATS_OK) {
    pause_until_ = now + pause;
    return;
  }
  left_ = at_once - moving_;
  over_ = now + pull_expires + pull_grace;
}

void mover::take_status(int code, std::string_view, std::uint64_t pull) {
  const std::lock_guard hold{mutex_};
  if (code == 100 || pull != pull_) return;
  left_ = 0;
  if (code != 408) pause_until_ = steady::now() + pause;
  ask(steady::now());
}

void mover::take(message what) {
  {
    const std::lock_guard hold{mutex_};
    if (left_ > 0) --left_;
    ++moving_;
  }
  const std::string reply{reply_of(what.get())};
  auto one = prepare(std::move(what));
  if (!one) {
    moved(reply, true);
    return;
  }
  std::vector<outgoing> all;
  all.push_back(std::move(one->what));
  publisher_.send(std::move(all), one);
}

std::shared_ptr<mover::move> mover::prepare(message what) {
  auto due = due_message(header_view{what.get()}, subject_of(what.get()), called_);
  if (!due) return nullptr;
  auto one = std::make_shared<move>();
  one->of = shared_from_this();
  one->reply = reply_of(what.get());
  one->what = *std::move(due);
  one->what.data = data_of(what.get());
  one->content = std::move(what);
  return one;
}

void mover::moved(const std::string& reply, bool done) {
  if (done) (void)bulk_.publish(reply.c_str(), nullptr, "+ACK");
  const std::lock_guard hold{mutex_};
  --moving_;
  ask(steady::now());
}

void mover::deliver() {
  const std::lock_guard hold{mutex_};
  ask(steady::now());
}

void mover::tick(steady::time_point now, bool, bool) {
  const std::lock_guard hold{mutex_};
  if (left_ > 0 && over_ <= now) left_ = 0;
  ask(now);
}

void mover::reconnected() {
  const std::lock_guard hold{mutex_};
  left_ = 0;
  ask(steady::now());
}

bool mover::has_pulls() {
  const std::lock_guard hold{mutex_};
  return left_ > 0;
}

void mover::stop() {
  const std::lock_guard hold{mutex_};
  stopping_ = true;
}

}  // namespace evd::broker_nats
