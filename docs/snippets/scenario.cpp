// A module tested without a log, a store or a thread.
#include <map>
#include <string>

#include <evd/evd.hpp>
#include <evd/testing/scenario.hpp>

struct order_placed {
  static constexpr evd::event event{"Shop.orderPlaced"};
  std::string order_id;
};
struct order_shipped {
  static constexpr evd::event event{"Shop.orderShipped"};
  std::string order_id;
};
struct ship_order {
  std::string order_id;
};

using orders = std::map<std::string, bool>;

void register_shipping(evd::module_builder& shipping, orders& known) {
  shipping.on<order_placed>("remember",
                            [&](const order_placed& event, evd::context&) { known[event.order_id] = false; });
  shipping.command("shipOrder", [&](const ship_order& input, evd::context& ctx) {
    if (!known.contains(input.order_id)) throw evd::rejected("there is no such order");
    known[input.order_id] = true;
    ctx.publish(order_shipped{input.order_id});
  });
}

void test_shipping() {
  // [scenario]
  orders known;
  evd::testing::scenario(register_shipping, known)
      .given(order_placed{"o-1"})
      .when("shipOrder", ship_order{"o-1"})
      .then(order_shipped{"o-1"});

  evd::testing::scenario(register_shipping, known)
      .when("shipOrder", ship_order{"o-2"})
      .then_fails("there is no such order");
  // [/scenario]
}
