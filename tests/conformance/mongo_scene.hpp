#pragma once
/// A test with a server of its own, and stores in it.

#include <gtest/gtest.h>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <evd/testing/mongo_server.hpp>
#include <evd/testing/records.hpp>

#include "store/mongo/client_pool.hpp"
#include "store/mongo/mongo_store.hpp"

// Filters and pages are written with the members that matter alone.
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

namespace evd::testing {

inline std::string kind_name(const ::testing::TestParamInfo<mongo_kind>& info) {
  return std::string(mongo_server::name(info.param));
}
inline void PrintTo(mongo_kind kind, std::ostream* out) {
  *out << mongo_server::name(kind);
}

/// Keeps what is logged.
class kept_log final : public log_sink {
 public:
  void write(log_level, std::string_view message, const std::vector<log_field>&) override {
    const std::lock_guard hold{mutex_};
    lines_.emplace_back(message);
  }
  [[nodiscard]] std::vector<std::string> lines() const {
    const std::lock_guard hold{mutex_};
    return lines_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;  // guarded by mutex_
};

class mongo_scene : public ::testing::TestWithParam<mongo_kind> {
 public:
  static constexpr std::uint64_t epoch = 1'700'000'000'000'000;

 protected:
  [[nodiscard]] std::unique_ptr<port::store> open(std::string_view options = {},
                                                  store_mongo::store_mode mode = store_mongo::store_mode::create) {
    auto store = try_open(options, mode);
    if (!store) throw failure_exception(std::move(store).error());
    return *std::move(store);
  }
  [[nodiscard]] result<std::unique_ptr<port::store>> try_open(std::string_view options, store_mongo::store_mode mode) {
    return store_mongo::open_mongo_store(
        {.url = server_.uri("evd", options), .mode = mode, .log = &log_, .sweep_every = std::chrono::seconds{1}});
  }

  /// A connection beside the store's.
  [[nodiscard]] store_mongo::client& beside() {
    if (!client_) {
      auto where = store_mongo::read_address(server_.uri("evd"));
      if (!where) throw failure_exception(std::move(where).error());
      auto pool = store_mongo::client_pool::open(*std::move(where));
      if (!pool) throw failure_exception(std::move(pool).error());
      pool_ = *std::move(pool);
      auto client = pool_->take();
      if (!client) throw failure_exception(std::move(client).error());
      client_ = std::make_unique<store_mongo::client>(*std::move(client));
    }
    return *client_;
  }
  [[nodiscard]] std::string reply(const store_mongo::document& command) {
    store_mongo::document answer;
    if (auto done = beside().command(command, &answer); !done) return done.error().to_string();
    std::size_t length = 0;
    char* text = bson_as_relaxed_extended_json(answer.get(), &length);
    std::string json(text, length);
    bson_free(text);
    return json;
  }

  kept_log log_;
  mongo_server server_{GetParam()};
  std::unique_ptr<store_mongo::client_pool> pool_;
  std::unique_ptr<store_mongo::client> client_;
};

}  // namespace evd::testing
