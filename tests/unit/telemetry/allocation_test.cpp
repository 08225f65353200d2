// Counting costs no memory for an event. AddressSanitizer calls hooks at every allocation, so its build can tell.

#include <gtest/gtest.h>

#include <cstddef>
#include <deque>

#include "telemetry/metrics.hpp"

#ifdef __SANITIZE_ADDRESS__
// Of sanitizer/allocator_interface.h, which Debian's GCC comes without.
extern "C" int __sanitizer_install_malloc_and_free_hooks(void (*)(const volatile void*, std::size_t),
                                                         void (*)(const volatile void*));
#endif

namespace evd::tests {
namespace {

#ifdef __SANITIZE_ADDRESS__
thread_local std::size_t allocations = 0;
void count_one(const volatile void*, std::size_t) {
  ++allocations;
}
void forget_one(const volatile void*) {}

TEST(metrics_cost, observing_allocates_nothing_but_for_a_routes_first_answer) {
  module_definition shop;
  shop.name = "AModuleWithANameTooLongForASmallString";
  subscription_definition collect;
  collect.name = "aSubscriptionWithANameTooLongForASmallString";
  collect.filter = "Shop.ordered";
  shop.subscriptions.push_back(collect);
  const std::deque<module_definition> modules{shop};
  const runtime::registry registered(modules);
  telemetry::metrics metrics(registered);
  const telemetry::http_answered answered{"/commands/", "POST", 200, std::chrono::milliseconds(2)};
  metrics.on_http(answered);

  ASSERT_NE(__sanitizer_install_malloc_and_free_hooks(count_one, forget_one), 0);
  const auto before = allocations;
  const std::string unknown(100, 'x');
  const auto for_the_name = allocations - before;
  metrics.on(runtime::delivery_ended{shop.name, collect.name, runtime::delivery_end::handled, 1,
                                     std::chrono::milliseconds(3), std::chrono::milliseconds(1)});
  metrics.on(runtime::delivery_ended{shop.name, unknown, runtime::delivery_end::retry, 1, {}, {}});
  metrics.on(runtime::command_ended{unknown, unknown, false, runtime::command_end::refused, {}});
  metrics.on(runtime::events_published{shop.name, 3, 100});
  metrics.on(runtime::dead_lettered{shop.name, collect.name, dead_letter_reason::crashes});
  metrics.on(runtime::records_recorded{10, std::chrono::seconds(1)});
  metrics.on_http(answered);
  EXPECT_EQ(for_the_name, 1U) << "the hook counts";
  EXPECT_EQ(allocations - before, for_the_name);
}
#endif

}  // namespace
}  // namespace evd::tests
