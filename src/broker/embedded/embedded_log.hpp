#pragma once
/// The embedded engine: log and event store in one SQLite file, no server. See README.md for threads and data on disk.
///
///     auto engine = broker_embedded::open_embedded({.path = "evd.db"});
///     if (!engine) return report(engine.error());
///     runtime r{(*engine)->log(), (*engine)->store()};
///
/// Several processes may open the file at once: those of one subscription share its events.

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <evd/error.hpp>
#include <evd/port/log.hpp>
#include <evd/port/store.hpp>

namespace evd::broker_embedded {

enum class durability : std::uint8_t {
  process,  ///< what was acknowledged survives the end of the process; a loss of power may take the last moments
  power,    ///< it survives a loss of power: an fsync for each group of writes
};

enum class opened_as : std::uint8_t {
  application,  ///< made when it is not there
  tool,         ///< must exist
  read_only,    ///< must exist; nothing is written: `commit` and `subscribe` fail with read_only
};

struct embedded_options {
  std::string path;  ///< its folder must exist; `-wal`, `-shm`, `-lock`, `-leases` and `-peers` are made beside it
  opened_as mode = opened_as::application;
  broker_embedded::durability durability = durability::power;
  bool keep_records_for_recorder = false;  ///< true: a log only; a recorder projects it into another store
  std::uint64_t max_bytes = 0;             ///< of the file, without what is free in it; 0: the disk is the limit
  double commands_until = 0.80;            ///< the share of max_bytes above which commands are refused (log_full)
  double events_until = 0.95;              ///< the share above which events are refused; journal and acks always go
  std::uint64_t max_payload = 16U << 20U;  ///< bytes of one event's data or one command's input
  std::chrono::milliseconds default_ack_wait{30'000};  ///< of a subscription that names none
  std::chrono::milliseconds busy{5'000};               ///< how long one statement waits for another's short lock
  std::string instance;                                ///< as others see who holds a delivery; empty: "pid N"

  /// Everything wrong with it, at once.
  [[nodiscard]] std::vector<problem> validate() const;
};

/// Threads: safe from any thread. Lifetime: the ports live as long as this; consumers must have been destroyed before.
/// Destroying it completes what was given to `commit`.
class embedded {
 public:
  embedded() = default;
  embedded(const embedded&) = delete;
  embedded& operator=(const embedded&) = delete;
  virtual ~embedded() = default;
  [[nodiscard]] virtual port::log& log() = 0;
  /// What this file holds. With `keep_records_for_recorder` the recorder's store is another.
  [[nodiscard]] virtual port::store& store() = 0;
};

/// Errors: invalid_configuration, not_found, read_only, corrupt, incompatible, disk_full, busy. Each names the path and
/// the next step. Nothing is ever deleted.
[[nodiscard]] result<std::unique_ptr<embedded>> open_embedded(const embedded_options& options);

}  // namespace evd::broker_embedded
