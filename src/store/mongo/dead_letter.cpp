#include "store/mongo/dead_letter.hpp"

namespace evd::store_mongo {

bool open(dead_letter& letter, const dead_letter_record& record, log_position position) {
  if (letter.record && letter.position >= position) return false;
  // A later change that came first stands.
  const bool fresh = letter.revision == 0 && letter.changed_position == log_position{};
  if (fresh || letter.changed_position <= position) {
    letter.status = dead_letter_status::open;
    letter.changed_at = record.at;
    letter.changed_by.clear();
    letter.changed_position = position;
  }
  letter.record = record;
  letter.position = position;
  return true;
}

bool change(dead_letter& letter, const dead_letter_change& to, log_position position, asked_by whom) {
  const bool fresh = letter.revision == 0 && letter.changed_position == log_position{};
  if (!fresh) {
    if (letter.changed_position >= position) return false;
    // What is resolved stays so until it fails anew, whoever asks for another retry.
    if (letter.status == dead_letter_status::resolved) return false;
    if (whom == asked_by::success && letter.status == dead_letter_status::dismissed) return false;
  }
  letter.status = to.status;
  letter.changed_at = to.at;
  letter.changed_by = to.by;
  letter.changed_position = position;
  return true;
}

}  // namespace evd::store_mongo
