#include "app/modules.hpp"

#include <condition_variable>
#include <csignal>
#include <mutex>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>

namespace evd::chaos {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct order {
  std::uint64_t number = 0;
};
struct ordered {
  static constexpr evd::event event{"Shop.ordered"};
  std::uint64_t number = 0;
  std::uint64_t account = 0;
};
struct reminded {
  static constexpr evd::event event{"Shop.reminded"};
  std::uint64_t number = 0;
};
struct collected {
  static constexpr evd::event event{"Billing.collected"};
  std::uint64_t number = 0;
};
struct shipped {
  static constexpr evd::event event{"Delivery.shipped"};
  std::uint64_t number = 0;
};

void sleep_until_asked_to_stop(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock hold(mutex);
  never.wait(hold, stop, [] { return false; });
  throw std::runtime_error("asked to stop");
}

}  // namespace

void register_modules(app& application, const lines& into, const behaviour& how) {
  const auto handled = [&into](const char* subscription, const event_record& event) {
    into.note(std::string("H ") + subscription + ' ' + event.id.to_string() + ' ' + std::to_string(moment()));
  };
  options usual{.attempts = 3,
                .ack_wait = how.ack_wait,
                .time_limit = how.time_limit,
                .first_delay = milliseconds(10),
                .max_delay = milliseconds(20),
                .max_crashes = how.poison != 0 ? 3U : 1'000U};

  application.module("Shop").command("order", command_options{.time_limit = seconds(1)},
                                     [](const order& input, context& ctx) {
                                       ctx.publish(ordered{input.number, input.number % 8});
                                       if (input.number % 10 == 0) {
                                         ctx.publish(reminded{input.number}, {.delay = milliseconds(30)});
                                       }
                                     });

  application.module("Billing").on<ordered>("collect", usual, [handled](const ordered& event, context& ctx) {
    if (event.number % 101 == 0) throw std::runtime_error("no such account");
    if (event.number % 7 == 0 && ctx.attempt() == 1) throw std::runtime_error("try again");
    ctx.publish(collected{event.number});
    handled("Billing.collect", *ctx.record());
  });

  application.module("Ledger").on_ordered<ordered>(
      "book", usual, &ordered::account,
      [handled](const ordered&, context& ctx) { handled("Ledger.book", *ctx.record()); });

  application.module("Delivery").on<collected>("ship", usual, [handled](const collected& event, context& ctx) {
    ctx.publish(shipped{event.number});
    handled("Delivery.ship", *ctx.record());
  });

  application.module("Stats").on_batch<shipped>("count", usual,
                                                [handled](const batch<shipped>& events, batch_context&) {
                                                  for (const auto item : events) handled("Stats.count", item.record());
                                                });

  if (!how.mail) return;
  auto& mail = application.module("Mail");
  mail.on<shipped>("tell", usual, [handled, how](const shipped& event, context& ctx) {
    if (how.poison != 0 && event.number == how.poison) std::raise(SIGKILL);
    if (how.hangs != 0 && event.number == how.hangs) sleep_until_asked_to_stop(ctx.stop_token());
    if (how.deaf != 0 && event.number == how.deaf && ctx.attempt() == 1) std::this_thread::sleep_for(seconds(7));
    handled("Mail.tell", *ctx.record());
  });
  mail.on<reminded>("remind", usual,
                    [handled](const reminded&, context& ctx) { handled("Mail.remind", *ctx.record()); });
}

}  // namespace evd::chaos
