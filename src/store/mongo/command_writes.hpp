#pragma once
/// Commands, and how they ended.

#include <map>
#include <vector>

#include "store/mongo/inserts.hpp"

namespace evd::store_mongo {

/// A command that comes with its end is written once. Threads: one at a time. Lifetime: the records given live until
/// `send` has returned.
class command_writes {
 public:
  void add(const command_record& command, log_position position) { commands_.push_back({&command, position}); }
  /// The first known end stays; `unknown` stays only until a known one comes. So the order of arrival is no matter.
  void close(const command_outcome_record& outcome, log_position position);

  result<void> prepare(document_maker& maker);
  result<void> send(client& with, document_maker& maker);

 private:
  struct entry {
    const command_record* record;
    log_position position;
  };
  struct ending {
    const command_outcome_record* outcome = nullptr;
    log_position position;
  };
  [[nodiscard]] ending ending_of(const command_id& command) const;
  result<void> complete(client& with, document_maker& maker, const std::vector<std::size_t>& there);
  result<void> send_endings(client& with, document_maker& maker);

  std::vector<entry> commands_;
  inserts inserts_;
  std::map<command_id, ending> endings_;
};

}  // namespace evd::store_mongo
