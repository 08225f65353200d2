#include "store/embedded/schema.hpp"

#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <optional>
#include <string>

#include "sqlite/error.hpp"
#include "sqlite/statement.hpp"
#include "store/embedded/tables.hpp"

namespace evd::store_embedded {
namespace {

[[noreturn]] void refuse(errc code, const std::string& path, std::string what, std::string hint) {
  throw failure_exception(error{code, "open file", path + ": " + std::move(what), std::move(hint), {}});
}

// Whether the file is one of ours; false: there is nothing in it yet. All of it is read in one snapshot: another
// process may be making the tables just now.
bool check(sqlite::database& db) {
  std::optional<sqlite::transaction> snapshot;
  if (!db.in_transaction()) snapshot.emplace(db, sqlite::transaction::kind::read);
  const auto found = db.integer("PRAGMA application_id");
  const auto version = db.integer("PRAGMA user_version");
  if (found == 0 && version == 0 && db.integer("SELECT count(*) FROM sqlite_schema") == 0) return false;
  if (found != application_id) {
    refuse(errc::corrupt, db.path(), "it is an SQLite file of another program",
           "nothing was changed; name another file");
  }
  if (version > schema_version) {
    refuse(errc::incompatible, db.path(),
           "it has version " + std::to_string(version) + ", this build knows up to " + std::to_string(schema_version),
           "use the build that wrote it, or a newer one");
  }
  return true;
}

void make_tables(sqlite::database& db) {
  const auto now =
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch());
  sqlite::transaction all{db};
  if (check(db)) return;
  db.execute(tables);
  db.execute(views);
  sqlite::statement{db, "INSERT INTO progress (one, epoch) VALUES (1, ?)"}.run(now);
  sqlite::statement{db, "INSERT INTO epochs (number, epoch) VALUES (0, ?)"}.run(now);
  db.execute(("PRAGMA application_id=" + std::to_string(application_id)).c_str());
  db.execute(("PRAGMA user_version=" + std::to_string(schema_version)).c_str());
  all.commit();
}

}  // namespace

sqlite::database open_for_writing(const file_options& options, sqlite::open_as mode) {
  sqlite::database db{options.path, mode, options.busy};
  // Closing the last connection must not checkpoint either: that would happen outside the lock.
  sqlite3_db_config(db.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  const bool ours = check(db);
  if (!ours && mode != sqlite::open_as::create) {
    refuse(errc::corrupt, options.path, "there is nothing in it", "start the application once, which makes it");
  }
  if (db.text("PRAGMA journal_mode=WAL") != "wal") {
    refuse(errc::incompatible, options.path, "its file system has no shared memory, which WAL needs",
           "put the file on a local disk");
  }
  db.execute("PRAGMA wal_autocheckpoint=0");
  db.execute(options.synchronous == synchronous::full ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL");
  db.execute("PRAGMA cache_size=-16384");
  db.execute("PRAGMA temp_store=MEMORY");
  if (!ours) make_tables(db);
  return db;
}

void check_file(const std::string& path, std::chrono::milliseconds busy) {
  sqlite::database db{path, sqlite::open_as::read_only, busy};
  sqlite3_db_config(db.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  (void)check(db);
}

sqlite::database open_for_reading(const std::string& path, std::chrono::milliseconds busy) {
  if (::access(path.c_str(), F_OK) != 0) throw failure_exception(sqlite::translate_errno(errno, "open file", path));
  const auto opened = [&](sqlite::open_as mode) {
    sqlite::database db{path, mode, busy};
    sqlite3_db_config(db.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    if (!check(db)) {
      refuse(errc::corrupt, path, "there is nothing in it", "start the application once, which makes it");
    }
    db.execute("PRAGMA temp_store=MEMORY");
    return db;
  };
  try {
    return opened(sqlite::open_as::read_only);
  } catch (const failure_exception& thrown) {
    // In a folder that cannot be written, WAL's shared memory cannot be made. Without a WAL none is needed.
    const bool no_shared_memory = thrown.error().code == errc::read_only || thrown.error().code == errc::not_found;
    struct ::stat wal {};
    const bool has_wal = ::stat((path + "-wal").c_str(), &wal) == 0 && wal.st_size > 0;
    if (!no_shared_memory || has_wal || ::access(path.c_str(), R_OK) != 0) throw;
    return opened(sqlite::open_as::immutable);
  }
}

}  // namespace evd::store_embedded
