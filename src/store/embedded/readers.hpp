#pragma once
/// Connections for reading, lent to one query at a time. There are as many as queries ran at once.
///
/// Threads: safe from any thread.

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "store/embedded/schema.hpp"

namespace evd::store_embedded {

class readers {
 public:
  readers(std::string path, std::chrono::milliseconds busy) : path_(std::move(path)), busy_(busy) {
    free_.push_back(std::make_unique<sqlite::database>(open_for_reading(path_, busy_)));
  }

  /// Runs `work(database&)` in one snapshot.
  template <class Work>
  auto with(Work&& work) {
    auto db = take();
    const returner back{*this, db};
    const sqlite::transaction snapshot{*db, sqlite::transaction::kind::read};
    return work(*db);
  }

 private:
  using connection = std::unique_ptr<sqlite::database>;
  struct returner {
    readers& to;
    connection& db;
    returner(readers& r, connection& c) : to(r), db(c) {}
    returner(const returner&) = delete;
    returner& operator=(const returner&) = delete;
    ~returner() {
      const std::lock_guard hold{to.mutex_};
      to.free_.push_back(std::move(db));
    }
  };

  connection take() {
    {
      const std::lock_guard hold{mutex_};
      if (!free_.empty()) {
        auto db = std::move(free_.back());
        free_.pop_back();
        return db;
      }
    }
    return std::make_unique<sqlite::database>(open_for_reading(path_, busy_));
  }

  const std::string path_;
  const std::chrono::milliseconds busy_;
  std::mutex mutex_;
  std::vector<connection> free_;  // guarded by mutex_
};

}  // namespace evd::store_embedded
