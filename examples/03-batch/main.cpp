// Many events in one call of the handler: one transaction for all of them. One that is wrong fails alone.

#include <atomic>
#include <cstdio>

#include <evd/evd.hpp>

#include "common/scratch.hpp"

struct measure {
  std::vector<int> values;
};
struct measured {
  static constexpr evd::event event{"Meter.measured"};
  int value = 0;
};

int main() {
  const scratch_folder folder;
  evd::app app{folder.config()};
  std::atomic<int> sum = 0;
  std::atomic<int> refused = 0;
  auto& meter = app.module("Meter");
  meter.command("measure", [](const measure& input, evd::context& ctx) {
    for (const int value : input.values) ctx.publish(measured{value});
  });
  meter.on_batch<measured>("sum", evd::options{.attempts = 1, .batch = 4},
                           [&](const evd::batch<measured>& events, evd::batch_context&) {
                             for (const auto item : events) {
                               if (item->value < 0) {
                                 item.fail("a meter does not run backwards");
                                 ++refused;
                               } else {
                                 sum += item->value;
                               }
                             }
                           });

  app.start().value();
  (void)app.call("measure", R"({"values":[1,2,3,4,-5,6,7,8,9,10]})").value();
  if (!app.wait_until_idle(std::chrono::seconds(20))) return 1;
  std::printf("the sum is %d, %d refused\n", sum.load(), refused.load());
}
