// A module outside the repository: an event, a command that publishes it, a handler, and an end that can fail.
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>

#include <evd/evd.hpp>

struct greeted {
  static constexpr evd::event event{"Greeter.greeted", 1};
  std::string name;
};

struct greet {
  std::string name;
};

int main() {
  const auto folder = std::filesystem::temp_directory_path() / ("evd-outside-" + std::to_string(std::rand()));
  std::filesystem::create_directories(folder);
  evd::config settings;
  settings.broker = "embedded:" + (folder / "evd.db").string();
  settings.http = "";
  std::string heard;
  bool done = false;
  {
    evd::app app{settings};
    auto& greeter = app.module("Greeter");
    greeter.command("greet", [](const greet& input, evd::context& ctx) { ctx.publish(greeted{input.name}); });
    greeter.on<greeted>("hear", [&heard](const greeted& event, evd::context&) { heard = event.name; });
    app.start().value();
    app.call("greet", R"({"name":"world"})").value();
    done = app.wait_until_idle(std::chrono::seconds(20));
    app.stop();
  }
  try {
    evd::parse_rfc3339("no time").value();  // an exception type that crosses the library's border
    done = false;
  } catch (const evd::failure_exception& caught) {
    std::cout << caught.error().to_string() << '\n';
  }
  std::filesystem::remove_all(folder);
  std::cout << "hello " << heard << '\n';
  return done && heard == "world" ? 0 : 1;
}
