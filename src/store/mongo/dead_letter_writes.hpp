#pragma once
/// Dead letters, read, changed and written back as long as nobody else has changed them meanwhile.

#include <map>
#include <set>
#include <variant>
#include <vector>

#include <evd/port/store.hpp>

#include "store/mongo/dead_letter.hpp"
#include "store/mongo/documents.hpp"
#include "store/mongo/inserts.hpp"

namespace evd::store_mongo {

[[nodiscard]] dead_letter read_dead_letter(const bson_t& from);
[[nodiscard]] document dead_letter_document(const dead_letter& letter, const dead_letter_id& which,
                                            document_maker& maker);

/// Threads: one at a time. Lifetime: the records given live until `send` has returned.
class dead_letter_writes {
 public:
  void open(const dead_letter_record& record, log_position position);
  void change(const dead_letter_change& to, log_position position, asked_by whom);

  result<void> send(client& with, document_maker& maker);

 private:
  struct step {
    log_position position;
    std::variant<const dead_letter_record*, dead_letter_change> what;
    asked_by whom = asked_by::person;
  };
  using letters = std::map<dead_letter_id, dead_letter>;
  result<letters> load(client& with, const std::set<dead_letter_id>& which);
  /// Answers those that somebody else has changed meanwhile.
  result<std::set<dead_letter_id>> round(client& with, document_maker& maker, const std::set<dead_letter_id>& which);
  result<bool> write(client& with, document_maker& maker, const dead_letter_id& which, const dead_letter& letter);

  std::map<dead_letter_id, std::vector<step>> steps_;
};

}  // namespace evd::store_mongo
