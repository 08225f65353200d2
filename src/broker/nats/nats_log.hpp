#pragma once
/// The log on NATS JetStream. See README.md for its threads and docs/reference/wire.md for what lies on the server.
///
///     auto log = broker_nats::open_nats({.urls = {"nats://127.0.0.1:4222"}});
///     if (!log) return report(log.error());
///     runtime::runtime r{**log, store, ...};
///
/// nats-server 2.12 or newer, with JetStream. Applications whose `name_space` differs share an account and see nothing
/// of each other.

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <evd/error.hpp>
#include <evd/logger.hpp>
#include <evd/port/log.hpp>

namespace evd::broker_nats {

enum class opened_as : std::uint8_t {
  application,  ///< its streams are made when none of them is there
  tool,         ///< they must exist
  read_only,    ///< they must exist; `commit` and `subscribe` fail with read_only
};

struct nats_options {
  // Where, and who asks.
  std::vector<std::string> urls{};  ///< `nats://HOST:PORT`, `tls://HOST:PORT`; of a cluster one or several
  std::string credentials_file{};   ///< `.creds`: JWT and seed; empty: none
  std::string nkey{};               ///< public NKey, `U...`; with `nkey_seed_file`
  std::string nkey_seed_file{};
  std::string user{};  ///< with `password`; a URL may hold both as well
  std::string password{};
  std::string tls_ca_file{};    ///< whom to trust; empty: the system's, where the URL asks for TLS
  std::string tls_cert_file{};  ///< of this client, with `tls_key_file`
  std::string tls_key_file{};

  // What lies there.
  std::string name_space = "evd";  ///< first token of every subject, and the name of the first stream
  opened_as mode = opened_as::application;
  std::uint32_t replicas = 1;           ///< of streams that are made; 3 in a cluster of three
  std::uint64_t max_bytes = 0;          ///< of commands, events and retries; 0: the server's limit
  std::uint64_t max_journal_bytes = 0;  ///< of the journal, which has room of its own; 0: the server's limit
  std::chrono::milliseconds duplicate_window{120'000};  ///< of streams that are made; >= 2 x the longest ack wait
  double commands_until = 0.80;                         ///< the share of max_bytes above which commands are refused
  double events_until = 0.95;                           ///< the share above which events are refused
  std::uint32_t max_scheduled = 1'000'000;              ///< retries and delayed events that wait, at most
  std::chrono::milliseconds keep{3'600'000};  ///< what is recorded and handled stays this long before it is trimmed

  // How.
  std::chrono::milliseconds default_ack_wait{30'000};  ///< of a subscription that names none
  std::chrono::milliseconds ordered_takeover{3'000};   ///< without a sign of life an ordered owner is replaced
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds answer_timeout{5'000};   ///< the server's answer to one request or publish
  std::chrono::milliseconds write_deadline{30'000};  ///< after it a write that found no answer fails: unavailable
  std::uint32_t window = 1'024;                      ///< publishes without an answer yet
  std::string instance{};                            ///< as others see this process; empty: "pid N"
  log_sink* log = nullptr;                           ///< null: `standard_log()`

  /// Everything wrong with it, at once.
  [[nodiscard]] std::vector<problem> validate() const;
};

/// Errors: invalid_configuration, unavailable (no server answers), unauthenticated, incompatible (an older server, no
/// JetStream), not_found (a tool, and there are no streams), corrupt (some of the streams are missing). Each names the
/// address and the next step. Nothing is ever made anew in place of what is missing.
[[nodiscard]] result<std::unique_ptr<port::log>> open_nats(const nats_options& options);

}  // namespace evd::broker_nats
