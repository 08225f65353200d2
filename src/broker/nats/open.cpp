#include <unistd.h>

#include "broker/nats/engine.hpp"
#include "broker/nats/nats_log.hpp"

namespace evd::broker_nats {

std::vector<problem> nats_options::validate() const {
  std::vector<problem> problems;
  const auto require = [&](bool holds, const char* pointer, const char* text) {
    if (!holds) problems.push_back({pointer, text});
  };
  require(!urls.empty(), "/urls", "must name a server: nats://HOST:PORT");
  for (const auto& url : urls) {
    require(url.starts_with("nats://") || url.starts_with("tls://"), "/urls", "must be of the form nats://HOST:PORT");
  }
  require(!name_space.empty() && name_space.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                                              "0123456789-_") == std::string::npos,
          "/nameSpace", "must be letters, digits, '-' or '_'");
  require(nkey.empty() == nkey_seed_file.empty(), "/nkey", "needs nkey_seed_file, and the other way round");
  require(tls_cert_file.empty() == tls_key_file.empty(), "/tlsCertFile", "needs tls_key_file, and the other way round");
  require(replicas >= 1 && replicas <= 5, "/replicas", "must be from 1 to 5");
  require(commands_until > 0 && commands_until <= events_until && events_until <= 1, "/commandsUntil",
          "must be above 0, and not above eventsUntil, which is at most 1");
  require(window >= 1 && window <= 65'536, "/window", "must be from 1 to 65536");
  require(default_ack_wait.count() > 0 && duplicate_window >= 2 * default_ack_wait, "/duplicateWindow",
          "must be at least twice the longest ack wait");
  require(ordered_takeover >= std::chrono::seconds(2), "/orderedTakeover",
          "must be at least 2s: an owner shows a sign of life every second");
  require(connect_timeout.count() > 0 && answer_timeout.count() > 0, "/answerTimeout", "must be above 0");
  require(write_deadline >= answer_timeout, "/writeDeadline", "must not be below answerTimeout");
  return problems;
}

result<std::unique_ptr<port::log>> open_nats(const nats_options& options) {
  if (auto problems = options.validate(); !problems.empty()) {
    std::string detail;
    for (const auto& each : problems) detail += (detail.empty() ? "" : "; ") + each.pointer + ' ' + each.message;
    return error{errc::invalid_configuration, "open NATS", detail, "correct the settings of the broker",
                 std::move(problems)};
  }
  auto complete = options;
  if (complete.instance.empty()) complete.instance = "pid " + std::to_string(::getpid());
  auto made = std::make_unique<engine>(std::move(complete));
  if (auto opened = made->open(); !opened) return std::move(opened).error();
  return std::unique_ptr<port::log>(std::move(made));
}

}  // namespace evd::broker_nats
