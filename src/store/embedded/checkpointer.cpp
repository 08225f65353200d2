#include "store/embedded/checkpointer.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <chrono>
#include <utility>

#include "sqlite/error.hpp"

namespace evd::store_embedded {
namespace {

// While an emptying checkpoint waits for readers, writers wait for it: so not for long.
constexpr std::chrono::milliseconds patience{50};

// Best effort: whoever needs it there asks for it again.
void bring_to_disk(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  ::fdatasync(file);
  ::close(file);
}

file_options impatient(file_options options) {
  options.busy = patience;
  return options;
}

}  // namespace

checkpointer::checkpointer(const file_options& options)
    : lock_(lock_path(options.path)),
      db_(open_for_writing(impatient(options), sqlite::open_as::existing)),
      thread_([this] { run(); }) {}

checkpointer::~checkpointer() {
  {
    const std::lock_guard hold{mutex_};
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void checkpointer::wal_has(int pages) {
  {
    const std::lock_guard hold{mutex_};
    const bool was_enough = pages_ >= pages_for_passive;
    pages_ = pages;
    if (was_enough || pages < pages_for_passive) return;
  }
  changed_.notify_one();
}

void checkpointer::watch(sqlite::database& db) {
  const auto tell = [](void* self, sqlite3*, const char*, int pages) {
    static_cast<checkpointer*>(self)->wal_has(pages);
    return SQLITE_OK;
  };
  sqlite3_wal_hook(db.handle(), tell, this);
}

void checkpointer::run() {
  for (;;) {
    int pages = 0;
    {
      std::unique_lock hold{mutex_};
      changed_.wait(hold, [&] { return stopping_ || pages_ >= pages_for_passive; });
      if (stopping_) break;
      pages = std::exchange(pages_, 0);
    }
    checkpoint(pages >= pages_for_empty);
  }
  checkpoint(true);
}

void checkpointer::checkpoint(bool empty_it) {
  // The checkpoint begins by bringing the WAL to the disk. What is there already needs no waiting under the lock.
  bring_to_disk(db_.path() + "-wal");
  try {
    lock_.lock();
    sqlite3_wal_checkpoint_v2(db_.handle(), nullptr, empty_it ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE,
                              nullptr, nullptr);
  } catch (const failure_exception&) {  // NOLINT: the WAL keeps everything
  }
  lock_.unlock();
}

}  // namespace evd::store_embedded
