// A module outside the repository, tested with what was installed.
#include <iostream>
#include <string>

#include <evd/evd.hpp>
#include <evd/testing/scenario.hpp>

struct greeted {
  static constexpr evd::event event{"Greeter.greeted", 1};
  std::string name;
};

struct greet {
  std::string name;
};

void register_greeter(evd::module_builder& greeter) {
  greeter.command("greet", [](const greet& input, evd::context& ctx) { ctx.publish(greeted{input.name}); });
}

int main() {
  evd::testing::scenario(register_greeter).when("greet", greet{"world"}).then(greeted{"world"});
  try {
    evd::testing::scenario(register_greeter).when("greet", greet{"world"}).then();
    return 1;
  } catch (const evd::testing::scenario_failure& caught) {
    std::cout << caught.what() << '\n';
  }
}
