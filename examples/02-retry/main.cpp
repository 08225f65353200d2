// Handlers that fail: a failure that passes, one that gets more attempts than others, and one that never passes.

#include <cstdio>

#include <evd/evd.hpp>

#include "common/scratch.hpp"

using namespace std::chrono_literals;

struct order {
  std::string item;
};
struct ordered {
  static constexpr evd::event event{"Shop.ordered"};
  std::string item;
};

struct server_away : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// A server that is away is worth more patience than other failures.
static constexpr evd::retry_rule rules[] = {evd::rule_for<server_away>({.attempts = 10, .delay = 50ms})};

int main() {
  const scratch_folder folder;
  evd::app app{folder.config()};
  auto& shop = app.module("Shop");
  shop.command("order", [](const order& input, evd::context& ctx) { ctx.publish(ordered{input.item}); });

  shop.on<ordered>("ship", evd::options{.attempts = 3, .first_delay = 20ms, .rules = rules},
                   [](const ordered& event, evd::context& ctx) {
                     if (event.item == "unicorn") throw evd::permanent_error("there are none");
                     if (ctx.attempt() <= 4) throw server_away("the warehouse does not answer");
                     std::printf("%s shipped at attempt %u\n", event.item.c_str(), ctx.attempt());
                   });
  app.on_dead_letter([](const evd::dead_letter_record& dead) {
    std::printf("given up after attempt %u: %s\n", dead.attempts, dead.failure.message.c_str());
  });

  app.start().value();
  (void)app.call("order", R"({"item":"teapot"})").value();
  (void)app.call("order", R"({"item":"unicorn"})").value();
  return app.wait_until_idle(20s) ? 0 : 1;
}
