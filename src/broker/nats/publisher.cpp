#include "broker/nats/publisher.hpp"

#include <fmt/format.h>

#include "broker/nats/api.hpp"
#include "broker/nats/status.hpp"

namespace evd::broker_nats {

namespace {

using namespace std::chrono_literals;

/// So few at once go out without waiting for the flusher.
constexpr std::size_t few = 16;
/// After an answer that says "not now".
constexpr auto pause = 250ms;
/// Answers taken before their targets are told.
constexpr std::size_t at_once = 256;

message build(const outgoing& what, const std::string& reply) {
  natsMsg* made = nullptr;
  if (natsMsg_Create(&made, what.subject.c_str(), reply.c_str(), what.data.data(),
                     static_cast<int>(what.data.size())) != NATS_OK) {
    throw std::bad_alloc();
  }
  message held{made};
  for (const auto& [name, value] : what.head) {
    if (natsMsgHeader_Set(made, name.c_str(), value.c_str()) != NATS_OK) throw std::bad_alloc();
  }
  return held;
}

// Not what the stream has no room for: that is answered with 503 as well, and the caller has to know.
bool passes(const api_error& why) {
  return translate(why, "", "").code == errc::unavailable;
}

}  // namespace

publisher::publisher(connection& prompt, connection& bulk, const nats_options& options)
    : prompt_(prompt),
      bulk_(bulk),
      answer_timeout_(options.answer_timeout),
      write_deadline_(options.write_deadline),
      slots_(options.window) {
  for (std::size_t i = slots_.size(); i > 0; --i) free_.push_back(i - 1);
}

result<void> publisher::start() {
  auto answers = prompt_.subscribe(inbox_ + ".*.*");
  if (!answers) return answers.error();
  answers_ = *std::move(answers);
  prompt_.flush(answer_timeout_);
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
  return {};
}

publisher::~publisher() {
  {
    std::unique_lock hold{mutex_};
    closing_ = true;
    empty_.wait_for(hold, write_deadline_ + 1s, [&] { return waiting_.empty() && free_.size() == slots_.size(); });
  }
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

std::size_t publisher::under_way() const {
  const std::lock_guard hold{mutex_};
  return slots_.size() - free_.size() + waiting_.size();
}

void publisher::send(std::vector<outgoing> all, std::shared_ptr<publish_target> to) {
  const auto deadline = clock::now() + write_deadline_;
  std::vector<told> done;
  {
    std::unique_lock hold{mutex_};
    for (auto& each : all) waiting_.push_back({std::move(each), to, deadline});
    fill(done, hold);
  }
  for (auto& each : done) each.to->published(each.tag, std::move(each.outcome));
}

// Sends what waits for as long as there is room. One thread at a time does, so that what came first goes first;
// building and handing over happens without the lock.
void publisher::fill(std::vector<told>& done, std::unique_lock<std::mutex>& hold) {
  if (filling_) return;
  filling_ = true;
  while (!waiting_.empty() && !free_.empty()) {
    const bool in_bulk = slots_.size() - free_.size() + waiting_.size() > few;
    std::vector<std::pair<std::size_t, waiting_send>> batch;
    while (!waiting_.empty() && !free_.empty() && batch.size() < 64) {
      batch.emplace_back(free_.back(), std::move(waiting_.front()));
      free_.pop_back();
      waiting_.pop_front();
    }
    hold.unlock();
    for (auto& [at, what] : batch) put(at, std::move(what), in_bulk, done);
    hold.lock();
  }
  filling_ = false;
}

// REQUIRES: the slot is taken and nobody else knows it yet; the lock is not held.
void publisher::put(std::size_t at, waiting_send&& what, bool in_bulk, std::vector<told>& done) {
  auto& of = slots_[at];
  std::uint32_t generation = 0;
  {
    const std::lock_guard hold{mutex_};
    generation = ++of.generation;
  }
  auto made = build(what.what, fmt::format("{}.{}.{}", inbox_, at, generation));
  auto* raw = made.get();
  {
    const std::lock_guard hold{mutex_};
    of.tag = what.what.tag;
    of.in_bulk = in_bulk;
    of.to = std::move(what.to);
    of.what = std::move(made);
    of.times = 1;
    of.sending = true;
    of.again_at = clock::now() + answer_timeout_;
    of.deadline = what.deadline;
  }
  // The answer may come before this returns.
  const auto status = (in_bulk ? bulk_ : prompt_).publish(raw);
  const std::lock_guard hold{mutex_};
  of.sending = false;
  sent_.notify_all();
  if (status == NATS_OK) return;
  if (status == NATS_MAX_PAYLOAD) {
    done.push_back(
        take(at, {publish_outcome::kind::failed, 0, false, translate(status, "publish", what.what.subject)}));
  } else {
    of.again_at = clock::now() + pause;
  }
}

publisher::told publisher::take(std::size_t at, publish_outcome&& outcome) {
  auto& of = slots_[at];
  outcome.repeated = of.times > 1;
  told result{std::move(of.to), of.tag, std::move(outcome)};
  of.what.reset();
  of.to.reset();
  of.times = 0;
  ++of.generation;
  free_.push_back(at);
  if (waiting_.empty() && free_.size() == slots_.size()) empty_.notify_all();
  return result;
}

void publisher::reconnected() {
  const std::lock_guard hold{mutex_};
  const auto now = clock::now();
  for (auto& each : slots_) {
    if (each.times > 0) each.again_at = now;
  }
}

// REQUIRES: the lock is held.
void publisher::take_answer(natsMsg* answer, std::vector<told>& done, std::unique_lock<std::mutex>& hold) {
  // <inbox>.<slot>.<generation>
  auto rest = subject_of(answer).substr(inbox_.size() + 1);
  const auto dot = rest.find('.');
  const auto at = number_in<std::size_t>(rest.substr(0, dot));
  const auto generation = number_in<std::uint32_t>(rest.substr(dot + 1));
  if (!at || !generation || *at >= slots_.size()) return;
  auto& of = slots_[*at];
  if (of.times == 0 || of.generation != *generation) return;  // answered already
  sent_.wait(hold, [&] { return !of.sending; });
  using kind = publish_outcome::kind;
  if (status_of(answer) == 503) {
    of.again_at = clock::now() + pause;
    return;
  }
  auto parsed = parse_publish_ack(data_of(answer));
  if (const auto* ack = std::get_if<publish_ack>(&parsed)) {
    done.push_back(take(*at, {ack->duplicate ? kind::duplicate : kind::stored, ack->sequence, false, {}}));
    return;
  }
  const auto& why = std::get<api_error>(parsed);
  if (passes(why)) {
    of.again_at = clock::now() + pause;
    return;
  }
  const std::string subject{subject_of(of.what.get())};
  const auto what = why.err_code == err_code::wrong_last_sequence ? kind::wrong_sequence : kind::failed;
  done.push_back(take(*at, {what, 0, false, translate(why, "publish", subject)}));
}

// REQUIRES: the lock is held. Publishing under it is rare: only what got no answer in time.
void publisher::look_at_time(std::vector<told>& done) {
  const auto now = clock::now();
  for (std::size_t at = 0; at < slots_.size(); ++at) {
    auto& of = slots_[at];
    if (of.times == 0 || of.sending || of.again_at > now) continue;
    if (of.deadline <= now) {
      const std::string subject{subject_of(of.what.get())};
      auto why = translate(NATS_TIMEOUT, "publish", subject);
      why.detail += " within " + to_string(write_deadline_);
      done.push_back(take(at, {publish_outcome::kind::failed, 0, false, std::move(why)}));
      continue;
    }
    of.again_at = now + answer_timeout_;
    auto& over = of.in_bulk ? bulk_ : prompt_;
    // While the connection is away nothing is sent: nats.c would only keep it.
    if (!over.connected()) {
      of.again_at = now + pause;
      continue;
    }
    ++of.times;
    if (over.publish(of.what.get()) != NATS_OK) of.again_at = now + pause;
  }
  while (!waiting_.empty() && waiting_.front().deadline <= now) {
    auto& front = waiting_.front();
    auto why = translate(NATS_TIMEOUT, "publish", front.what.subject);
    why.detail += " within " + to_string(write_deadline_);
    done.push_back({std::move(front.to), front.what.tag, {publish_outcome::kind::failed, 0, false, std::move(why)}});
    waiting_.pop_front();
    if (waiting_.empty() && free_.size() == slots_.size()) empty_.notify_all();
  }
}

void publisher::run(const std::stop_token& stop) {
  auto look_at = clock::now() + 100ms;
  std::vector<message> answers;
  std::vector<told> done;
  while (!stop.stop_requested()) {
    natsMsg* first = nullptr;
    if (natsSubscription_NextMsg(&first, answers_.get(), 50) == NATS_OK) {
      answers.emplace_back(first);
      natsMsg* next = nullptr;
      while (answers.size() < at_once && natsSubscription_NextMsg(&next, answers_.get(), 0) == NATS_OK) {
        answers.emplace_back(next);
      }
    }
    {
      std::unique_lock hold{mutex_};
      for (const auto& each : answers) take_answer(each.get(), done, hold);
      if (clock::now() >= look_at) {
        look_at_time(done);
        look_at = clock::now() + 100ms;
      }
      fill(done, hold);
    }
    answers.clear();
    for (auto& each : done) each.to->published(each.tag, std::move(each.outcome));
    done.clear();
  }
}

}  // namespace evd::broker_nats
