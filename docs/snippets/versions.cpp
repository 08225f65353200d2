// An event's type changes: the older version stays, and says how it becomes the newer one.
#include <string>

#include <evd/evd.hpp>

// [types]
struct order_placed_v1 {
  static constexpr evd::event event{"Shop.orderPlaced", 1};
  std::string order_id, customer;
};

struct order_placed {
  static constexpr evd::event event{"Shop.orderPlaced", 2};
  using previous = order_placed_v1;
  std::string order_id, customer, currency;
};

order_placed upcast(const order_placed_v1& older) {
  return {older.order_id, older.customer, "EUR"};
}
// [/types]

void register_billing(evd::module_builder& billing) {
  billing.on<order_placed>("writeInvoice", [](const order_placed& event, evd::context& ctx) {
    ctx.log().info("an invoice", {{"currency", event.currency}});
  });
}
