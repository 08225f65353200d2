// An application whose store is in MongoDB: what became of every command is there, also of those from when the server
// was away.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include <evd/testing/inbox.hpp>
#include <evd/testing/mongo_server.hpp>

#include "assembly/open.hpp"
#include "unit/assembly/application.hpp"

namespace evd::tests {

struct order_placed {
  static constexpr evd::event event{"Shop.orderPlaced", 1};
  std::string order_id;
  double price = 0;
};
struct order {
  std::string order_id;
};

namespace {

using testing::mongo_kind;
using testing::mongo_server;

class mongo_application : public application_test, public ::testing::WithParamInterface<mongo_kind> {
 protected:
  void SetUp() override {
    settings.store = server.uri("shop", "serverSelectionTimeoutMS=500&connectTimeoutMS=500&socketTimeoutMS=5000");
    remake();
    auto& shop = application->module("Shop");
    shop.command("placeOrder", [](const order& input, context& ctx) {
      ctx.publish(order_placed{input.order_id, 9.5});
    });
    auto& mail = application->module("Mail");
    mail.on<order_placed>("confirm", quick(), [](const order_placed&, context&) {});
    mail.on<order_placed>("advertise", quick(2), [](const order_placed& placed, context&) {
      if (placed.order_id == "o7") throw std::runtime_error("Test Error!!");
    });
  }
  void place(int from, int to) {
    for (int i = from; i < to; ++i) call("placeOrder", R"({"orderId":"o)" + std::to_string(i) + "\"}");
  }
  /// What a tool beside the application sees.
  [[nodiscard]] std::unique_ptr<assembly::engine> look() const {
    return assembly::open_engine(settings, assembly::open_mode::read_only).value();
  }
  static bool eventually(const std::function<bool()>& holds) {
    const auto until = std::chrono::steady_clock::now() + 2 * testing::patience;
    while (!holds()) {
      if (std::chrono::steady_clock::now() > until) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds{20});  // between two looks at the condition
    }
    return true;
  }

  mongo_server server{GetParam()};
};

std::string kind_name(const ::testing::TestParamInfo<mongo_kind>& each) {
  return std::string(mongo_server::name(each.param));
}
INSTANTIATE_TEST_SUITE_P(mongo, mongo_application, ::testing::ValuesIn(mongo_server::kinds()), kind_name);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(mongo_application);

TEST_P(mongo_application, records_everything_also_from_when_the_server_was_away) {
  start();
  place(0, 20);
  server.kill();
  place(20, 40);
  wait_until_idle();
  server.start();
  place(40, 50);
  wait_until_idle();
  const auto beside = look();
  auto& store = beside->store();
  EXPECT_TRUE(eventually([&] {
    const auto totals = store.totals();
    return totals && totals->commands == 50 && totals->events == 50 && totals->outcomes == 99 &&
           totals->attempts == 2 && totals->open_dead_letters == 1;
  })) << store.totals()->events;
  const auto succeeded = store.commands({"", "", command_status::succeeded, {}, {}}, {100, "", false});
  ASSERT_TRUE(succeeded);
  EXPECT_EQ(succeeded->items.size(), 50U) << "each with its end";
  const auto letters = store.dead_letters({}, {});
  ASSERT_TRUE(letters && letters->items.size() == 1);
  const auto chain = store.chain(letters->items[0].dead_letter.command);
  ASSERT_TRUE(chain && *chain);
  EXPECT_EQ((*chain)->events.size(), 1U);
  EXPECT_EQ((*chain)->events[0].event.data.text, R"({"orderId":"o7","price":9.5})");
  EXPECT_EQ((*chain)->attempts.size(), 2U);
  EXPECT_EQ((*chain)->outcomes.size(), 1U);
  application->stop();
}

TEST_P(mongo_application, a_wrong_address_is_said_before_anything_starts) {
  settings.store = "mongodb://ada:geheim@127.0.0.1/shop?nonsense=1";
  remake();
  const auto started = application->start();
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, errc::invalid_configuration);
  EXPECT_NE(started.error().detail.find("nonsense"), std::string::npos) << started.error().to_string();
  EXPECT_EQ(started.error().to_string().find("geheim"), std::string::npos);
}

}  // namespace
}  // namespace evd::tests
