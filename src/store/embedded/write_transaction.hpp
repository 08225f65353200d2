#pragma once
/// A write transaction under the file's lock: lock, BEGIN IMMEDIATE, ..., COMMIT, unlock.

#include "sqlite/database.hpp"
#include "sqlite/file_lock.hpp"

namespace evd::store_embedded {

class write_transaction {
 public:
  write_transaction(sqlite::file_lock& lock, sqlite::database& db) : held_(lock), transaction_(db) {}
  void commit() { transaction_.commit(); }

 private:
  struct holder {
    explicit holder(sqlite::file_lock& lock) : lock_(lock) { lock_.lock(); }
    holder(const holder&) = delete;
    holder& operator=(const holder&) = delete;
    ~holder() { lock_.unlock(); }
    sqlite::file_lock& lock_;
  };
  holder held_;  // freed last
  sqlite::transaction transaction_;
};

}  // namespace evd::store_embedded
