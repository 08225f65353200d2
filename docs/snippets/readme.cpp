// What README shows: a command, an event, a handler, in one file.
// [all]
#include <evd/evd.hpp>

struct order_placed {
  static constexpr evd::event event{"Shop.orderPlaced"};
  std::string order_id, customer;
};

struct place_order {
  std::string order_id, customer;
};

int main() {
  evd::app app{evd::config::from_environment()};

  app.module("Shop").command("placeOrder", [](const place_order& input, evd::context& ctx) {
    ctx.publish(order_placed{input.order_id, input.customer});
  });

  app.module("Billing").on<order_placed>("writeInvoice", [](const order_placed& event, evd::context& ctx) {
    ctx.log().info("an invoice", {{"order", event.order_id}});
  });

  return app.run();
}
// [/all]
