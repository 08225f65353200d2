#pragma once
/// What a store's address says.

#include <chrono>
#include <string>
#include <string_view>

#include <evd/error.hpp>

#include "store/mongo/handles.hpp"

namespace evd::store_mongo {

struct address {
  uri_handle uri;                    ///< with our defaults where it says nothing
  std::string database;              ///< `evd` where it names none
  std::string servers;               ///< "host:port,host:port", without the user: for messages
  std::chrono::milliseconds keep{};  ///< how long documents are kept; 0: for ever
};

/// Starts libmongoc on first use.
///
/// Threads: safe from any thread.
/// Errors: invalid_configuration, with what is wrong and without the password.
[[nodiscard]] result<address> read_address(std::string_view url);

}  // namespace evd::store_mongo
