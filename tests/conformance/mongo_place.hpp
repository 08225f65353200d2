#pragma once
/// A store in a database of its own, in a server of its own or in the one of EVD_TEST_MONGODB_URI.

#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <evd/testing/mongo_server.hpp>
#include <evd/testing/store_suite.hpp>

#include "store/mongo/client_pool.hpp"
#include "store/mongo/mongo_store.hpp"

namespace evd::testing {

class mongo_place final : public store_place {
 public:
  explicit mongo_place(mongo_kind kind) : server_(std::in_place, kind), url_(server_->uri("evd_test")) {}
  /// In somebody's server: the database is dropped at the end.
  explicit mongo_place(const std::string& uri) : url_(with_database(uri, "evd_test_" + fresh_id().to_string())) {}
  ~mongo_place() override {
    if (!server_) drop();
  }

  std::unique_ptr<port::store> open() override {
    auto store = store_mongo::open_mongo_store({.url = url_});
    if (!store) throw failure_exception(std::move(store).error());
    return *std::move(store);
  }

 private:
  static std::string with_database(const std::string& uri, const std::string& name) {
    const auto begin = uri.find("://") + 3;
    const auto options = std::min(uri.find('?', begin), uri.size());
    const auto slash = std::min(uri.find('/', begin), options);
    return uri.substr(0, slash) + '/' + name + uri.substr(options);
  }
  void drop() {
    auto where = store_mongo::read_address(url_);
    auto pool = where ? store_mongo::client_pool::open(*std::move(where)) : where.error();
    if (!pool) return;
    auto with = (*pool)->take();
    store_mongo::document command;
    command.integer("dropDatabase", 1);
    if (with) (void)with->command(command);
  }

  std::optional<mongo_server> server_;
  std::string url_;
};

inline std::vector<store_case> mongo_cases() {
  std::vector<store_case> cases;
  if (const char* uri = std::getenv("EVD_TEST_MONGODB_URI")) {
    cases.push_back({"uri", [text = std::string(uri)] { return std::make_unique<mongo_place>(text); }});
  }
  for (const auto kind : mongo_server::kinds()) {
    cases.push_back({std::string(mongo_server::name(kind)), [kind] { return std::make_unique<mongo_place>(kind); }});
  }
  return cases;
}

}  // namespace evd::testing
