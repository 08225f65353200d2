#include <array>
#include <semaphore>

#include <evd/json.hpp>

#include "embedded/raw.hpp"
#include "end_to_end/events.hpp"

namespace evd::bench {
namespace {

// One subscriber: a thread that is woken with the sequence of an event.
class hop {
 public:
  struct next_one {
    hop* to;  // null: this is the last
    std::string_view subject;
  };

  // `over` is released when what the last one writes is written.
  hop(raw_file& file, const std::string& path, std::int64_t subscription, next_one next, std::binary_semaphore& over)
      : file_(file),
        reader_(path),
        subscription_(subscription),
        next_(next),
        over_(over),
        thread_([this](const std::stop_token& stop) { run(stop); }) {}
  hop(const hop&) = delete;
  hop& operator=(const hop&) = delete;
  ~hop() {
    thread_.request_stop();
    woken_.release();
  }

  void wake(const id& command, std::int64_t sequence) {
    command_ = command;
    sequence_ = sequence;
    woken_.release();
  }
  [[nodiscard]] std::chrono::steady_clock::time_point began() const { return began_; }

 private:
  void run(const std::stop_token& stop) {
    for (;;) {
      woken_.acquire();
      if (stop.stop_requested()) return;
      const auto event = reader_.event_at(sequence_);
      began_ = std::chrono::steady_clock::now();
      file_.begin();
      std::int64_t written = 0;
      if (next_.to != nullptr) {
        const auto made = file_.add_event(next_.subject, command_, event.id, event.data);
        file_.add_outcome(event.id, subscription_, bytes_of(made.id));
        written = made.sequence;
      } else {
        file_.add_outcome(event.id, subscription_, {});
      }
      file_.commit();
      if (next_.to != nullptr) {
        next_.to->wake(command_, written);
      } else {
        over_.release();
      }
    }
  }

  raw_file& file_;  // one thread has it at a time: whoever was woken last
  raw_reader reader_;
  const std::int64_t subscription_;
  const next_one next_;
  std::binary_semaphore& over_;
  std::binary_semaphore woken_{0};
  id command_;
  std::int64_t sequence_ = 0;
  std::chrono::steady_clock::time_point began_;
  std::jthread thread_;
};

}  // namespace

outcome raw_chain_of_three(const std::string& path, synchronous how, std::size_t count) {
  constexpr std::string_view name = "beginChain";
  raw_file file{path, how};
  file.begin();
  std::array<std::int64_t, 3> subscriptions{};
  std::size_t at = 0;
  for (const auto* module : {"First", "Second", "Third"}) subscriptions[at++] = file.add_subscription(module, "pass");
  file.commit();
  std::binary_semaphore over{0};
  hop third{file, path, subscriptions[2], {nullptr, ""}, over};
  hop second{file, path, subscriptions[1], {&third, third_hop::event.subject}, over};
  hop first{file, path, subscriptions[0], {&second, second_hop::event.subject}, over};

  const auto data = to_json(first_hop{sample_order(0)});
  std::vector<double> milliseconds;
  milliseconds.reserve(count);
  const stopwatch all;
  for (std::size_t number = 0; number < count; ++number) {
    const auto start = std::chrono::steady_clock::now();
    file.begin();
    const auto command = file.add_command(name);
    file.commit();
    file.begin();
    const auto event = file.add_event(first_hop::event.subject, command, command, data);
    file.add_command_outcome(command, name, bytes_of(event.id));
    file.commit();
    first.wake(command, event.sequence);
    over.acquire();
    milliseconds.push_back(seconds{third.began() - start}.count() * 1e3);
  }
  outcome result;
  result.took = all.elapsed();
  result.values = {percentile(milliseconds, 0.50), percentile(milliseconds, 0.99)};
  return result;
}

}  // namespace evd::bench
