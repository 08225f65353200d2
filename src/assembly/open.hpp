#pragma once
/// Configuration becomes concrete parts. The only place that knows every adapter.

#include <memory>

#include <evd/config.hpp>
#include <evd/error.hpp>
#include <evd/port/log.hpp>
#include <evd/port/store.hpp>

namespace evd::assembly {

enum class open_mode : std::uint8_t {
  application,  ///< made when it is not there; takes part in subscriptions
  tool,         ///< must exist; reads, and may write now and then beside a running application
  read_only,    ///< must exist; nothing is written
};

/// A log and a store, opened. Lifetime: the ports live as long as this.
class engine {
 public:
  virtual ~engine() = default;
  [[nodiscard]] virtual port::log& log() = 0;
  [[nodiscard]] virtual port::store& store() = 0;
};

/// Opens what `settings.broker` and `settings.store` name. A broker is `embedded:PATH`, a bare path of a
/// file, or one or several addresses `nats://HOST:PORT`, `tls://HOST:PORT` with commas between; a store is
/// `embedded:PATH`, a bare path or `mongodb://...`. Behind NATS a store has to be named.
/// Errors: invalid_configuration, not_found (with what to check), read_only, corrupt, incompatible, disk_full;
/// of servers also unavailable, unauthenticated.
[[nodiscard]] result<std::unique_ptr<engine>> open_engine(const config& settings, open_mode mode);

}  // namespace evd::assembly
