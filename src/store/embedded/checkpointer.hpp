#pragma once
/// Moves what the WAL holds into the file, off everybody's path: one thread with a connection of its own.
///
/// Every checkpoint holds the file's write lock (see schema.hpp). It is passive (takes what no reader needs) unless the
/// WAL has grown large, when it waits a moment for readers and then empties the WAL. An error is not reported: the WAL
/// holds everything until a later checkpoint succeeds.
///
/// Threads: `wal_has` from any thread. Lifetime: destroying it makes a last checkpoint.

#include <condition_variable>
#include <mutex>
#include <thread>

#include "sqlite/file_lock.hpp"
#include "store/embedded/schema.hpp"

namespace evd::store_embedded {

class checkpointer {
 public:
  explicit checkpointer(const file_options& options);
  checkpointer(const checkpointer&) = delete;
  checkpointer& operator=(const checkpointer&) = delete;
  ~checkpointer();

  /// The WAL has `pages` now, as SQLite's WAL hook says after each commit.
  void wal_has(int pages);

  /// Has `db`, a connection that commits, tell this checkpointer after each commit. REQUIRES: outlives `db`'s last
  /// commit.
  void watch(sqlite::database& db);

 private:
  void run();
  void checkpoint(bool empty_it);

  static constexpr int pages_for_passive = 8'000;  // 32 MB
  static constexpr int pages_for_empty = 32'000;   // 128 MB

  sqlite::file_lock lock_;
  sqlite::database db_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int pages_ = 0;          // guarded by mutex_
  bool stopping_ = false;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace evd::store_embedded
