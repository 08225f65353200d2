// A module with a command, an event, and a handler of it.

#include <cstdio>

#include <evd/evd.hpp>

#include "common/scratch.hpp"

struct greet {
  std::string name;
};
struct greeted {
  static constexpr evd::event event{"Hello.greeted"};
  std::string name;
};

int main() {
  const scratch_folder folder;
  evd::app app{folder.config()};
  auto& hello = app.module("Hello");
  hello.command("greet", [](const greet& input, evd::context& ctx) { ctx.publish(greeted{input.name}); });
  hello.on<greeted>("remember",
                    [](const greeted& event, evd::context&) { std::printf("%s was greeted\n", event.name.c_str()); });

  app.start().value();
  (void)app.call("greet", R"({"name":"Ada"})").value();
  return app.wait_until_idle(std::chrono::seconds(20)) ? 0 : 1;
}
