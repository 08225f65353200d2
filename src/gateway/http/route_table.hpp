#pragma once
/// Which handler answers which method and path.

#include <memory>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/http/exchange.hpp"

namespace evd::gateway {

/// Where a route's handler runs.
enum class run_on : std::uint8_t {
  worker,   ///< on a thread that may block
  network,  ///< on a thread that serves connections: it must not block
};

/// Whether a route wants to know who asks. One that does not, answers whatever the `Authorization` header says.
enum class caller_is : std::uint8_t { asked, ignored };

struct route {
  std::string method;
  std::string path;  ///< exact, or a prefix when it ends in `/` (the path `/` itself is exact)
  route_handler handle;
  run_on where = run_on::worker;
  caller_is caller = caller_is::asked;
};

/// What the table knows about a request.
struct route_match {
  std::shared_ptr<const route> found;  ///< null: none for this method
  std::vector<std::string> allowed;    ///< the methods that this path takes; empty: there is no such path
};

/// Threads: any; routes can be added while others are served.
class route_table {
 public:
  /// Adds a route; one of the same method and path is replaced.
  void add(route added);

  /// The route with the longest path that fits. GET serves HEAD too.
  [[nodiscard]] route_match find(std::string_view method, std::string_view path) const;

 private:
  mutable std::shared_mutex mutex_;
  std::vector<std::shared_ptr<const route>> routes_;  // guarded by mutex_
};

}  // namespace evd::gateway
