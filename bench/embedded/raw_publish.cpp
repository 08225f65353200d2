#include <deque>
#include <latch>
#include <semaphore>

#include <evd/json.hpp>

#include "embedded/raw.hpp"
#include "end_to_end/events.hpp"

namespace evd::bench {
namespace {

std::string sample_data() {
  return to_json(order_placed{sample_order(0)});
}

void add_event(raw_file& file, std::string_view data) {
  const auto command = fresh_id();
  file.add_event(order_placed::event.subject, command, command, data);
}

// One writer, whom many callers hand what is to be written.
class group_writer {
 public:
  explicit group_writer(raw_file& file) : file_(file), thread_([this] { run(); }) {}
  group_writer(const group_writer&) = delete;
  group_writer& operator=(const group_writer&) = delete;
  ~group_writer() {
    {
      const std::lock_guard hold{mutex_};
      stopping_ = true;
    }
    changed_.notify_one();
    thread_.join();
  }

  // `done` is released once it is committed.
  void add(std::string_view data, std::binary_semaphore& done) {
    {
      const std::lock_guard hold{mutex_};
      waiting_.push_back({data, &done});
    }
    changed_.notify_one();
  }

 private:
  struct entry {
    std::string_view data;
    std::binary_semaphore* done;
  };

  void run() {
    std::vector<entry> group;
    for (;;) {
      {
        std::unique_lock hold{mutex_};
        changed_.wait(hold, [&] { return stopping_ || !waiting_.empty(); });
        if (waiting_.empty()) return;
        group.swap(waiting_);
      }
      file_.begin();
      for (const auto& each : group) add_event(file_, each.data);
      file_.commit();
      for (const auto& each : group) each.done->release();
      group.clear();
    }
  }

  raw_file& file_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<entry> waiting_;  // guarded by mutex_
  bool stopping_ = false;       // guarded by mutex_
  std::thread thread_;
};

}  // namespace

outcome raw_publish_batches(const std::string& path, synchronous how, std::size_t batch, std::size_t count) {
  raw_file file{path, how};
  const auto data = sample_data();
  const stopwatch watch;
  for (std::size_t done = 0; done < count; done += batch) {
    file.begin();
    for (std::size_t at = 0; at < batch; ++at) add_event(file, data);
    file.commit();
  }
  return rate_of(count, watch.elapsed());
}

outcome raw_publish_from_callers(const std::string& path, synchronous how, std::size_t callers, std::size_t count) {
  raw_file file{path, how};
  const auto data = sample_data();
  std::deque<std::binary_semaphore> done;  // a deque: they stay where they are
  for (std::size_t number = 0; number < callers; ++number) done.emplace_back(0);
  group_writer writer{file};
  const auto each = count / callers;
  std::latch all_there{static_cast<std::ptrdiff_t>(callers) + 1};
  std::vector<std::jthread> threads;
  threads.reserve(callers);
  for (std::size_t number = 0; number < callers; ++number) {
    threads.emplace_back([&, number] {
      all_there.arrive_and_wait();
      for (std::size_t at = 0; at < each; ++at) {
        writer.add(data, done[number]);
        done[number].acquire();
      }
    });
  }
  all_there.arrive_and_wait();
  const stopwatch watch;
  threads.clear();  // joins
  return rate_of(each * callers, watch.elapsed());
}

}  // namespace evd::bench
