#pragma once
/// Where an application's parts are. Flags beat environment variables, and those beat the file (`EVD_CONFIG`, TOML).

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <evd/error.hpp>
#include <evd/export.hpp>

namespace evd {

/// When a write of the embedded engine counts as durable.
enum class durability : std::uint8_t {
  process,     ///< survives the end of the process at any instant (SQLite's synchronous=NORMAL)
  power_loss,  ///< survives the end of the machine too (synchronous=FULL)
};

/// What a NATS broker needs beside its addresses.
struct nats_settings {
  std::string name_space = "evd";  ///< EVD_NAMESPACE; applications that share an account have different ones
  std::string credentials;         ///< EVD_NATS_CREDENTIALS; a `.creds` file
  std::string nkey;                ///< EVD_NATS_NKEY; the public key, with `nkey_seed`
  std::string nkey_seed;           ///< EVD_NATS_NKEY_SEED; the file of its seed
  std::string user;                ///< EVD_NATS_USER
  std::string password;            ///< EVD_NATS_PASSWORD
  std::string tls_ca;              ///< EVD_NATS_TLS_CA; file; whom to trust
  std::string tls_cert;            ///< EVD_NATS_TLS_CERT; file; this client's, with `tls_key`
  std::string tls_key;             ///< EVD_NATS_TLS_KEY; file
  std::uint32_t replicas = 1;      ///< EVD_NATS_REPLICAS; of streams that are made
};

struct EVD_API config {
  std::string broker = "embedded:evd.db";  ///< EVD_BROKER; the log: `embedded:PATH`, `nats://HOST:PORT,...`
  std::string store;                       ///< EVD_STORE; empty: the broker's own; else `embedded:PATH`
  std::string http = "127.0.0.1:8080";     ///< EVD_HTTP; `ADDRESS:PORT`, port 0: any; empty: none
  evd::durability durability = durability::power_loss;  ///< EVD_DURABILITY: process, power_loss
  std::uint64_t max_log_bytes = 0;                      ///< EVD_MAX_LOG_BYTES; 0: the disk is the limit
  std::chrono::milliseconds drain{30'000};              ///< EVD_DRAIN; how long SIGTERM waits for running handlers
  std::string instance;                                 ///< EVD_INSTANCE; empty: host name and process id
  std::uint64_t max_body_bytes = 1 << 20;               ///< EVD_MAX_BODY_BYTES; of one command
  std::uint32_t threads = 0;                            ///< EVD_THREADS; that run handlers; 0: four for each core
  nats_settings nats;                                   ///< for `nats://` and `tls://`
  std::string metrics = "on";  ///< EVD_METRICS; on: `/metrics` where HTTP is; `ADDRESS:PORT`: there; off: nowhere
  std::chrono::milliseconds ready_lag{0};   ///< EVD_READY_LAG; a store further behind fails `/readyz`; 0: none does
  std::map<std::string, std::string> otel;  ///< the OTEL_* variables, by name: where traces go
  std::vector<problem> problems;            ///< found while reading; `app::run` reports them

  /// Reads the file that EVD_CONFIG names, if any, then the environment. Never throws: see `problems`.
  [[nodiscard]] static config from_environment();

  /// Every problem at once, those found while reading included.
  [[nodiscard]] result<void> validate() const;
};

}  // namespace evd
