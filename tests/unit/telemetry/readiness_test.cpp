// `/readyz` of a whole application: what makes it fail, what it says, and that it recovers.

#include <gmock/gmock.h>

#include <functional>
#include <future>
#include <thread>

#include "sqlite/database.hpp"
#include "unit/assembly/application.hpp"
#include "unit/gateway/client.hpp"

namespace evd::tests {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

struct order {
  std::string id;
};
struct ordered {
  static constexpr evd::event event{"Shop.ordered", 1};
  std::string id;
};

class readiness_test : public application_test {
 protected:
  readiness_test() { settings.metrics = "127.0.0.1:0"; }
  test::response ask(std::string_view target) {
    test::client one(application->metrics_address());
    one.send(test::request("GET", target));
    return one.read().value_or(test::response{});
  }
  /// The first answer with that status, within twenty seconds.
  test::response wait_for(int status) {
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    auto got = ask("/readyz");
    while (got.status != status && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(10ms);
      got = ask("/readyz");
    }
    EXPECT_EQ(got.status, status) << got.body;
    return got;
  }
  void register_shop() {
    application->module("Shop").command("order",
                                        [](const order& input, context& ctx) { ctx.publish(ordered{input.id}); });
  }
};

TEST_F(readiness_test, an_instance_that_takes_work_says_so) {
  remake();
  register_shop();
  start();
  const auto got = ask("/readyz");
  EXPECT_EQ(got.status, 200);
  EXPECT_EQ(got.body, R"({"status":"ready","reasons":[]})");
  EXPECT_EQ(got.headers.at("cache-control"), "no-store");
}

TEST_F(readiness_test, a_draining_instance_is_alive_and_not_ready_until_its_end) {
  remake();
  std::promise<void> begun;
  std::promise<void> let_go;
  application->module("Shop").command("order", [&](const order&, context&) {
    begun.set_value();
    let_go.get_future().wait();
  });
  start();
  std::thread caller([&] { (void)application->call("order", R"({"id":"o"})"); });
  begun.get_future().wait();
  std::thread stopper([&] { application->stop(); });
  const auto got = wait_for(503);
  EXPECT_THAT(got.body, HasSubstr(R"({"status":"not_ready","reasons":[{"check":"instance","code":"shutting_down")"));
  EXPECT_EQ(got.headers.at("retry-after"), "1");
  EXPECT_EQ(ask("/livez").status, 200);
  let_go.set_value();
  caller.join();
  stopper.join();
}

TEST_F(readiness_test, a_store_too_far_behind_fails_it_until_it_has_caught_up) {
  const auto store = (folder.path / "store.db").string();
  settings.store = "embedded:" + store;
  settings.ready_lag = 100ms;
  remake();
  register_shop();
  start();
  wait_for(200);
  {
    sqlite::database another(store, sqlite::open_as::existing);
    sqlite::transaction holds_the_lock(another);
    call("order", R"({"id":"o1"})");
    const auto got = wait_for(503);
    EXPECT_THAT(got.body, HasSubstr(R"("check":"recorder","code":"unavailable","detail":"the store is )"));
    EXPECT_THAT(got.body, HasSubstr("EVD_READY_LAG"));
    call("order", R"({"id":"o2"})");  // work goes on
  }
  wait_for(200);
  EXPECT_EQ(application->store().totals().value().events, 2U);
}

TEST_F(readiness_test, how_far_behind_the_store_is_does_not_count_unless_asked_for) {
  const auto store = (folder.path / "store.db").string();
  settings.store = "embedded:" + store;
  remake();
  register_shop();
  start();
  sqlite::database another(store, sqlite::open_as::existing);
  sqlite::transaction holds_the_lock(another);
  call("order", R"({"id":"o1"})");
  const auto deadline = std::chrono::steady_clock::now() + 20s;
  const auto lag = [&] {
    const auto page = ask("/metrics").body;
    const auto at = page.find("\nevd_recorder_lag_seconds ");
    return at == std::string::npos ? 0.0 : std::stod(page.substr(page.find(' ', at + 1)));
  };
  while (lag() < 0.2 && std::chrono::steady_clock::now() < deadline) std::this_thread::sleep_for(10ms);
  EXPECT_GE(lag(), 0.2);
  EXPECT_EQ(ask("/readyz").status, 200);
}

}  // namespace
}  // namespace evd::tests
