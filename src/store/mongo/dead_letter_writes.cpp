#include "store/mongo/dead_letter_writes.hpp"

#include "store/mongo/event_holds.hpp"
#include "store/mongo/finds.hpp"
#include "store/mongo/schema.hpp"
#include "store/mongo/status.hpp"

namespace evd::store_mongo {

/// What a document has besides the record. Named, so that its type table can be made.
struct dead_letter_state {
  dead_letter_status status = dead_letter_status::open;
  timestamp changed_at{};
  std::string changed_by;
};

namespace {

// How often others may be faster before this gives up for now.
constexpr int most_rounds = 20;

std::int64_t revision_of(const bson_t& from) {
  bson_iter_t at;
  return bson_iter_init_find(&at, &from, "revision") ? bson_iter_as_int64(&at) : 0;
}

}  // namespace

dead_letter read_dead_letter(const bson_t& from) {
  dead_letter letter;
  if (is_complete(from)) letter.record = read_record<dead_letter_record>(from);
  auto state = read_record<dead_letter_state>(from);
  letter.status = state.status;
  letter.changed_at = state.changed_at;
  letter.changed_by = std::move(state.changed_by);
  letter.position = read_position(from, "position");
  letter.changed_position = read_position(from, "changedPosition");
  letter.revision = revision_of(from);
  return letter;
}

document dead_letter_document(const dead_letter& letter, const dead_letter_id& which, document_maker& maker) {
  document made;
  const dead_letter_state state{letter.status, letter.changed_at, letter.changed_by};
  if (letter.record) {
    maker.records().append_both(made, *letter.record, state);
    made.position("position", letter.position);
  } else {
    made.oid("_id", which);
    maker.records().append(made, state);
    made.flag("incomplete", true);
  }
  made.position("changedPosition", letter.changed_position).integer("revision", letter.revision);
  if (!holds_event(letter)) maker.expiry(made, letter.changed_at);
  return made;
}

void dead_letter_writes::open(const dead_letter_record& record, log_position position) {
  steps_[record.id].push_back({position, &record, asked_by::person});
}

void dead_letter_writes::change(const dead_letter_change& to, log_position position, asked_by whom) {
  steps_[to.id].push_back({position, to, whom});
}

result<void> dead_letter_writes::send(client& with, document_maker& maker) {
  std::set<dead_letter_id> left;
  for (const auto& [which, steps] : steps_) left.insert(which);
  for (int i = 0; i < most_rounds && !left.empty(); ++i) {
    auto lost = round(with, maker, left);
    if (!lost) return std::move(lost).error();
    left = *std::move(lost);
  }
  if (left.empty()) return {};
  return error{errc::busy,
               "change dead letter " + left.begin()->to_string(),
               "others changed it " + std::to_string(most_rounds) + " times meanwhile",
               "repeat the call",
               {}};
}

result<std::set<dead_letter_id>> dead_letter_writes::round(client& with, document_maker& maker,
                                                           const std::set<dead_letter_id>& which) {
  auto found = load(with, which);
  if (!found) return std::move(found).error();
  std::set<dead_letter_id> lost;
  for (const auto& id : which) {
    auto& letter = (*found)[id];
    bool changed = false;
    for (const auto& each : steps_[id]) {
      if (const auto* record = std::get_if<const dead_letter_record*>(&each.what)) {
        changed = store_mongo::open(letter, **record, each.position) || changed;
      } else {
        changed =
            store_mongo::change(letter, std::get<dead_letter_change>(each.what), each.position, each.whom) || changed;
      }
    }
    if (!changed) continue;
    const auto written = write(with, maker, id, letter);
    if (!written) return written.error();
    if (!*written) lost.insert(id);
    if (!*written || !letter.record || maker.keep().count() == 0) continue;
    const auto& event = letter.record->event;
    const auto kept =
        holds_event(letter) ? hold_event(with, event) : release_event(with, maker, event, letter.changed_at);
    if (!kept) return kept.error();
  }
  return lost;
}

result<dead_letter_writes::letters> dead_letter_writes::load(client& with, const std::set<dead_letter_id>& which) {
  letters found;
  if (which.empty()) return found;
  auto read = with.find(by_ids(collections::dead_letters, {which.begin(), which.end()}), [&](const bson_t& one) {
    found[dead_letter_id{read_id(one)}] = read_dead_letter(one);
    return true;
  });
  if (!read) return std::move(read).error();
  return found;
}

result<bool> dead_letter_writes::write(client& with, document_maker& maker, const dead_letter_id& which,
                                       const dead_letter& letter) {
  auto next = letter;
  ++next.revision;
  if (letter.revision == 0) {
    const auto failed = insert_all(with, collections::dead_letters, {dead_letter_document(next, which, maker)});
    if (!failed) return failed.error();
    if (failed->empty()) return true;
    const auto& why = failed->front();
    if (why.code == duplicate_key) return false;
    return translate_code(why.code, why.message, "write dead letter");
  }
  update replacement;
  replacement.filter.oid("_id", which).integer("revision", letter.revision);
  replacement.change = dead_letter_document(next, which, maker);
  replacement.replace = true;
  return update_one(with, collections::dead_letters, replacement);
}

}  // namespace evd::store_mongo
