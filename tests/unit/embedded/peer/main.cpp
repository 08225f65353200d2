// Another process with the same file, for tests that end or stop one.
//
//   embedded_peer FILE write          commits one event after the other; a line "N ID" once each is accepted
//   embedded_peer FILE work           handles events of the subscription `Blog.work`; a line "ID" for each outcome
//   embedded_peer FILE hold           takes the file's write lock; a line "held"
//
// Each goes on until it is killed, or its standard input ends.

#include <poll.h>
#include <unistd.h>

#include <cstdio>
#include <string>

#include <evd/testing/inbox.hpp>
#include <evd/testing/records.hpp>

#include "broker/embedded/embedded_log.hpp"
#include "sqlite/file_lock.hpp"
#include "store/embedded/schema.hpp"

namespace {

using namespace evd;

// One write(2): a line is there whole or not at all.
void say(std::string line) {
  line += '\n';
  if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) ::_exit(1);
}

bool asked_to_end(int wait_ms) {
  pollfd in{STDIN_FILENO, POLLIN, 0};
  return ::poll(&in, 1, wait_ms) > 0;
}

void write_events(port::log& log) {
  for (std::uint64_t number = 0; !asked_to_end(0); ++number) {
    auto event = testing::make_event();
    event.data.text = "{\"number\":" + std::to_string(number) + "}";
    port::write write;
    write.events = {event};
    if (const auto done = testing::commit(log, std::move(write)); done) {
      say(std::to_string(number) + ' ' + event.id.to_string());
    } else {
      say("failed " + done.error().to_string());
    }
  }
}

void handle_events(port::log& log) {
  auto what = testing::make_subscription("work");
  what.ack_wait = std::chrono::milliseconds(700);
  auto consumer = log.subscribe(what, [&](std::vector<port::delivery> deliveries) {
    for (auto& each : deliveries) {
      const auto event = std::get<std::shared_ptr<const event_record>>(each.item);
      port::write write;
      write.journal.emplace_back(testing::make_outcome(*event, what, each.attempt));
      write.acknowledged = {each.token};
      log.commit(std::move(write), [id = event->id](const result<port::receipt>& done) {
        if (done) say(id.to_string());
      });
    }
  });
  if (!consumer) {
    std::fprintf(stderr, "%s\n", consumer.error().to_string().c_str());
    ::_exit(3);
  }
  (*consumer)->request(1'000'000);
  while (!asked_to_end(1'000)) {}
}

}  // namespace

int main(int count, char** words) {
  if (count != 3) return 2;
  const std::string path = words[1];
  const std::string what = words[2];
  if (what == "hold") {
    sqlite::file_lock lock(store_embedded::lock_path(path));
    lock.lock();
    say("held");
    while (!asked_to_end(1'000)) {}
    return 0;
  }
  broker_embedded::embedded_options options;
  options.path = path;
  options.durability = broker_embedded::durability::process;
  auto opened = broker_embedded::open_embedded(options);
  if (!opened) {
    std::fprintf(stderr, "%s\n", opened.error().to_string().c_str());
    return 3;
  }
  if (what == "write") write_events((*opened)->log());
  if (what == "work") handle_events((*opened)->log());
  return 0;
}
