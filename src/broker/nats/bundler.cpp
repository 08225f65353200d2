#include "broker/nats/bundler.hpp"

#include <random>

#include <fmt/format.h>

#include "broker/nats/bundle.hpp"

namespace evd::broker_nats {

namespace {

/// A bundle is closed at this size, so that a record of 64 KiB stacks still fits under the server's usual limit of 1
/// MiB.
constexpr std::size_t full = 256 * 1024;
/// Bundles without an answer: one is stored while the next is on its way.
constexpr std::size_t most_under_way = 4;

std::string fresh_prefix() {
  std::random_device source;
  return fmt::format("{:08x}{:08x}-", source(), source());
}

// Two changes of one document must not share a position. Those of facts may, and of command ends the first one known
// stays; the others, which are few, get a bundle of their own.
bool stands_alone(const journal_record& record) {
  return std::holds_alternative<dead_letter_record>(record) || std::holds_alternative<dead_letter_change>(record);
}

}  // namespace

struct bundler::bundle final : public publish_target {
  std::shared_ptr<bundler> of;
  std::string lines;
  std::vector<recorded> waiting;

  void published(std::uint32_t, publish_outcome&& outcome) override {
    using kind = publish_outcome::kind;
    const bool stored = outcome.what == kind::stored || outcome.what == kind::duplicate;
    const auto answer =
        stored ? result<std::uint64_t>(outcome.sequence) : result<std::uint64_t>(std::move(outcome.why));
    {
      std::unique_lock hold{of->mutex_};
      --of->under_way_;
      of->send_ready(hold);
    }
    for (const auto& each : waiting) each(answer);
  }
};

bundler::bundler(publisher& over, const names& called)
    : publisher_(over), subject_(called.journal_subject()), prefix_(fresh_prefix()) {}

void bundler::add(const std::vector<journal_record>& records, recorded done) {
  std::string lines;
  bool alone = false;
  for (const auto& each : records) {
    append_line(lines, each);
    alone = alone || stands_alone(each);
  }
  std::unique_lock hold{mutex_};
  if (open_ && (alone || open_->lines.size() + lines.size() > full)) close_open();
  if (!open_) {
    open_ = std::make_shared<bundle>();
    open_->of = shared_from_this();
  }
  open_->lines += lines;
  open_->waiting.push_back(std::move(done));
  if (alone || open_->lines.size() >= full / 4) close_open();
  send_ready(hold);
}

void bundler::close_open() {
  ready_.push_back(std::move(open_));
  open_ = nullptr;
}

// Bundles of different writes have no order among them: what depends on a write waits for its answer.
void bundler::send_ready(std::unique_lock<std::mutex>& hold) {
  for (;;) {
    if (ready_.empty() && open_ && under_way_ == 0) close_open();
    if (ready_.empty() || under_way_ >= most_under_way) return;
    auto next = std::move(ready_.front());
    ready_.pop_front();
    ++under_way_;
    std::vector<outgoing> one(1);
    one[0].subject = subject_;
    one[0].head.emplace_back("Nats-Msg-Id", prefix_ + std::to_string(next_++));
    one[0].data = next->lines;
    hold.unlock();
    publisher_.send(std::move(one), next);
    hold.lock();
  }
}

}  // namespace evd::broker_nats
