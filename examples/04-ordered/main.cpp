// Events of one account one after another, those of different accounts in parallel. A failing one holds up its own
// account alone.

#include <cstdio>
#include <map>
#include <mutex>

#include <evd/evd.hpp>

#include "common/scratch.hpp"

using namespace std::chrono_literals;

struct move {
  std::string account;
  int amount = 0;
};
struct moved {
  static constexpr evd::event event{"Bank.moved"};
  std::string account;
  int amount = 0;
};

int main() {
  const scratch_folder folder;
  evd::app app{folder.config()};
  std::mutex mutex;
  std::map<std::string, std::string> statements;
  auto& bank = app.module("Bank");
  bank.command("move", [](const move& input, evd::context& ctx) { ctx.publish(moved{input.account, input.amount}); });
  bank.on_ordered<moved>("write", evd::options{.first_delay = 50ms}, &moved::account,
                         [&](const moved& event, evd::context& ctx) {
                           if (event.amount == 2 && ctx.attempt() == 1)
                             throw std::runtime_error("the printer is jammed");
                           const std::lock_guard lock(mutex);
                           statements[event.account] += ' ' + std::to_string(event.amount);
                         });

  app.start().value();
  for (int amount = 1; amount <= 5; ++amount) {
    for (const auto* account : {"ada", "charles"}) {
      (void)app.call("move", evd::to_json(move{account, amount})).value();
    }
  }
  if (!app.wait_until_idle(20s)) return 1;
  for (const auto& [account, amounts] : statements) std::printf("%s:%s\n", account.c_str(), amounts.c_str());
}
