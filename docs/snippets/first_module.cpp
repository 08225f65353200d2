// A shop in one file: the tutorial builds it up, and README shows the heart of it.
// [includes]
#include <evd/evd.hpp>

#include <cstdint>
#include <mutex>
#include <set>
#include <string>
// [/includes]

using namespace std::chrono_literals;

namespace shop {

// [events]
struct order_placed {
  static constexpr evd::event event{"Shop.orderPlaced"};
  std::string order_id, customer;
  std::int64_t cents = 0;
};

struct place_order {
  std::string order_id, customer;
  std::int64_t cents = 0;
};
// [/events]

// [module]
void register_shop(evd::module_builder& shop) {
  shop.command("placeOrder", [](const place_order& input, evd::context& ctx) {
    if (input.cents <= 0) throw evd::rejected("an order costs something");
    ctx.publish(order_placed{input.order_id, input.customer, input.cents});
  });
}
// [/module]

// [second]
class invoices {
 public:
  void write(const std::string& order_id) {
    const std::scoped_lock lock(mutex_);
    written_.insert(order_id);  // writing the same one twice changes nothing
  }
  bool has(const std::string& order_id) const {
    const std::scoped_lock lock(mutex_);
    return written_.contains(order_id);
  }

 private:
  mutable std::mutex mutex_;
  std::set<std::string> written_;
};

void register_billing(evd::module_builder& billing, invoices& invoices) {
  billing.on<order_placed>("writeInvoice", evd::options{.attempts = 3, .first_delay = 200ms},
                           [&](const order_placed& event, evd::context& ctx) {
                             invoices.write(event.order_id);
                             ctx.log().info("invoice written", {{"order", event.order_id}});
                           });
}
// [/second]

}  // namespace shop

// [main]
int main() {
  shop::invoices invoices;
  evd::app app{evd::config::from_environment()};
  shop::register_shop(app.module("Shop"));
  shop::register_billing(app.module("Billing"), invoices);
  return app.run();
}
// [/main]
