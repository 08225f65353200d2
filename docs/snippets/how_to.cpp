// Pieces that the how-to guides and explanations show.
#include <chrono>
#include <cstdint>
#include <iostream>
#include <stdexcept>
#include <string>

#include <evd/evd.hpp>

using namespace std::chrono_literals;

struct order_placed {
  static constexpr evd::event event{"Shop.orderPlaced"};
  std::string order_id, customer;
  std::int64_t cents = 0;
};

struct reminder_sent {
  static constexpr evd::event event{"Shop.reminderSent"};
  std::string order_id;
  evd::timestamp at;
};

struct payment_refused : std::runtime_error {
  using std::runtime_error::runtime_error;
};

inline evd::timestamp now() {
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

void register_reminders(evd::module_builder& reminders) {
  // [key]
  reminders.on<order_placed>("remind", [](const order_placed& event, evd::context& ctx) {
    ctx.publish(reminder_sent{event.order_id, now()}, {.key = event.order_id});
  });
  // [/key]
}

void charge(const order_placed&) {}

void register_payment(evd::module_builder& payment) {
  // [retry]
  static constexpr evd::retry_rule rules[] = {evd::rule_for<payment_refused>({.attempts = 20, .delay = 1h})};

  payment.on<order_placed>("charge", evd::options{.attempts = 8, .first_delay = 2s, .max_delay = 10min, .rules = rules},
                           [](const order_placed& event, evd::context&) {
                             if (event.cents < 0) throw evd::permanent_error("a negative price");
                             charge(event);
                           });
  // [/retry]
}

void register_statistics(evd::module_builder& statistics) {
  // [batch]
  statistics.on_batch<order_placed>("count", evd::options{.batch = 500},
                                    [](const evd::batch<order_placed>& orders, evd::batch_context& ctx) {
                                      for (const auto order : orders) {
                                        if (order->cents < 0) order.fail("a negative price");
                                      }
                                      ctx.log().info("counted", {{"orders", orders.size()}});
                                    });
  // [/batch]
  // [group]
  statistics.on_group<order_placed>(
      "perCustomer", &order_placed::customer,
      [](const std::string& customer, const evd::batch<order_placed>& orders, evd::batch_context& ctx) {
        ctx.log().info("a customer's orders", {{"customer", customer}, {"orders", orders.size()}});
      });
  // [/group]
  // [ordered]
  statistics.on_ordered<order_placed>("balance", &order_placed::customer,
                                      [](const order_placed& event, evd::context& ctx) {
                                        ctx.log().info("one after another", {{"customer", event.customer}});
                                      });
  // [/ordered]
}
