#include "assembly/open.hpp"

#include <string_view>

#include "broker/embedded/embedded_log.hpp"
#include "broker/nats/nats_log.hpp"
#include "store/embedded/embedded_store.hpp"
#include "store/mongo/mongo_store.hpp"

namespace evd::assembly {

namespace {

constexpr std::string_view embedded_scheme = "embedded:";

// The path of `embedded:PATH` or of a bare path.
result<std::string> embedded_path(std::string_view url, std::string_view setting) {
  auto path = url;
  if (path.starts_with(embedded_scheme)) {
    path.remove_prefix(embedded_scheme.size());
  } else if (path.find("://") != std::string_view::npos) {
    return error{errc::invalid_configuration,
                 std::string(setting),
                 "'" + std::string(url) + "' is of no kind that this build knows",
                 "embedded:PATH names a file of the embedded engine, mongodb://HOST/DATABASE a store in MongoDB",
                 {}};
  }
  if (path.empty()) {
    return error{errc::invalid_configuration,
                 std::string(setting),
                 "'" + std::string(url) + "' names no file",
                 "write embedded:PATH, as in embedded:evd.db",
                 {}};
  }
  return std::string(path);
}

broker_embedded::opened_as mode_of(open_mode mode) {
  switch (mode) {
    case open_mode::application:
      return broker_embedded::opened_as::application;
    case open_mode::tool:
      return broker_embedded::opened_as::tool;
    case open_mode::read_only:
      return broker_embedded::opened_as::read_only;
  }
  return broker_embedded::opened_as::read_only;
}

// One file is both.
class combined_engine final : public engine {
 public:
  explicit combined_engine(std::unique_ptr<broker_embedded::embedded> both) : both_(std::move(both)) {}
  port::log& log() override { return both_->log(); }
  port::store& store() override { return both_->store(); }

 private:
  std::unique_ptr<broker_embedded::embedded> both_;
};

// A log that a recorder projects into a store apart from it.
class separate_engine final : public engine {
 public:
  separate_engine(std::unique_ptr<port::log> log, std::unique_ptr<port::store> store)
      : store_(std::move(store)), log_(std::move(log)) {}
  port::log& log() override { return *log_; }
  port::store& store() override { return *store_; }

 private:
  std::unique_ptr<port::store> store_;
  std::unique_ptr<port::log> log_;
};

// The log's part of an embedded engine, by itself.
class embedded_log final : public engine {
 public:
  embedded_log(std::unique_ptr<broker_embedded::embedded> log, std::unique_ptr<port::store> store)
      : store_(std::move(store)), log_(std::move(log)) {}
  port::log& log() override { return log_->log(); }
  port::store& store() override { return *store_; }

 private:
  std::unique_ptr<port::store> store_;
  std::unique_ptr<broker_embedded::embedded> log_;
};

bool is_nats(std::string_view url) {
  return url.starts_with("nats://") || url.starts_with("tls://");
}

store_mongo::store_mode mongo_mode_of(open_mode mode) {
  switch (mode) {
    case open_mode::application:
      return store_mongo::store_mode::create;
    case open_mode::tool:
      return store_mongo::store_mode::existing;
    case open_mode::read_only:
      return store_mongo::store_mode::read_only;
  }
  return store_mongo::store_mode::read_only;
}

// A store of its own, behind a recorder.
result<std::unique_ptr<port::store>> open_store(const std::string& url, open_mode mode) {
  if (store_mongo::is_mongo_url(url)) {
    store_mongo::mongo_store_options options;
    options.url = url;
    options.mode = mongo_mode_of(mode);
    return store_mongo::open_mongo_store(options);
  }
  auto path = embedded_path(url, "store (EVD_STORE)");
  if (!path) return std::move(path).error();
  store_embedded::embedded_store_options options;
  options.path = *std::move(path);
  return store_embedded::open_embedded_store(options);
}

broker_nats::opened_as nats_mode_of(open_mode mode) {
  switch (mode) {
    case open_mode::application:
      return broker_nats::opened_as::application;
    case open_mode::tool:
      return broker_nats::opened_as::tool;
    case open_mode::read_only:
      return broker_nats::opened_as::read_only;
  }
  return broker_nats::opened_as::read_only;
}

broker_nats::nats_options nats_options_of(const config& settings, open_mode mode) {
  broker_nats::nats_options options;
  std::string_view rest = settings.broker;
  while (!rest.empty()) {
    const auto end = rest.find(',');
    if (const auto url = rest.substr(0, end); !url.empty()) options.urls.emplace_back(url);
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
  const auto& from = settings.nats;
  options.credentials_file = from.credentials;
  options.nkey = from.nkey;
  options.nkey_seed_file = from.nkey_seed;
  options.user = from.user;
  options.password = from.password;
  options.tls_ca_file = from.tls_ca;
  options.tls_cert_file = from.tls_cert;
  options.tls_key_file = from.tls_key;
  options.name_space = from.name_space;
  options.replicas = from.replicas;
  options.max_bytes = settings.max_log_bytes;
  options.instance = settings.instance;
  options.mode = nats_mode_of(mode);
  return options;
}

result<std::unique_ptr<engine>> open_on_nats(const config& settings, open_mode mode) {
  if (settings.store.empty()) {
    return error{errc::invalid_configuration,
                 "store (EVD_STORE)",
                 "it is empty, and NATS keeps no event store",
                 "name one: EVD_STORE=embedded:evd.db",
                 {}};
  }
  auto log = broker_nats::open_nats(nats_options_of(settings, mode));
  if (!log) return log.error();
  auto store = open_store(settings.store, mode);
  if (!store) return store.error();
  return std::unique_ptr<engine>(std::make_unique<separate_engine>(*std::move(log), *std::move(store)));
}

}  // namespace

result<std::unique_ptr<engine>> open_engine(const config& settings, open_mode mode) {
  if (is_nats(settings.broker)) return open_on_nats(settings, mode);
  auto log_path = embedded_path(settings.broker, "broker (EVD_BROKER)");
  if (!log_path) return log_path.error();
  broker_embedded::embedded_options log_options;
  log_options.path = *std::move(log_path);
  log_options.mode = mode_of(mode);
  log_options.durability = settings.durability == durability::process ? broker_embedded::durability::process
                                                                      : broker_embedded::durability::power;
  log_options.max_bytes = settings.max_log_bytes;
  log_options.instance = settings.instance;

  const bool separate = !settings.store.empty() && settings.store != settings.broker;
  log_options.keep_records_for_recorder = separate;
  auto log = broker_embedded::open_embedded(log_options);
  if (!log) return log.error();
  if (!separate) return std::unique_ptr<engine>(std::make_unique<combined_engine>(*std::move(log)));

  auto store = open_store(settings.store, mode);
  if (!store) return store.error();
  return std::unique_ptr<engine>(std::make_unique<embedded_log>(*std::move(log), *std::move(store)));
}

}  // namespace evd::assembly
