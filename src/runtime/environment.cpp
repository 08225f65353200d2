#include "runtime/environment.hpp"

#include <atomic>
#include <memory>
#include <random>

namespace evd::runtime {

namespace {

std::mt19937_64& generator() {
  thread_local std::mt19937_64 made = [] {
    std::random_device device;
    std::seed_seq seed{device(), device(), device(), device()};
    return std::mt19937_64(seed);
  }();
  return made;
}

void run_layer(const std::vector<middleware>& around, std::size_t layer, const invocation& call,
               const std::function<void(handler_done)>& handler, handler_done done) {
  if (layer == around.size()) {
    handler(std::move(done));
    return;
  }
  // A middleware that throws after it has called `next` must not end the call twice.
  struct ending {
    std::atomic_flag reached;
    handler_done done;
  };
  const auto once = std::make_shared<ending>();
  once->done = std::move(done);
  const auto end = [once](const std::exception_ptr& thrown) {
    if (!once->reached.test_and_set()) once->done(thrown);
  };
  try {
    around[layer](
        call,
        [&around, layer, call, handler](handler_done next_done) {
          run_layer(around, layer + 1, call, handler, std::move(next_done));
        },
        end);
  } catch (...) {
    end(std::current_exception());
  }
}

}  // namespace

std::uint64_t random_bits() {
  return generator()();
}
double random_share() {
  return std::uniform_real_distribution<double>(0.0, 1.0)(generator());
}

void run_inside(const std::vector<middleware>& around, const invocation& call,
                std::function<void(handler_done)> handler, handler_done done) {
  if (around.empty()) {
    handler(std::move(done));
    return;
  }
  run_layer(around, 0, call, handler, std::move(done));
}

}  // namespace evd::runtime
