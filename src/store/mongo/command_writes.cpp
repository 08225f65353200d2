#include "store/mongo/command_writes.hpp"

#include <set>

#include "store/mongo/finds.hpp"
#include "store/mongo/schema.hpp"

namespace evd::store_mongo {
namespace {

bool is_known(command_status status) {
  return status != command_status::unknown;
}

// Those whose end gives way to this one. The server decides, because another recorder may be at it.
document giving_way(const command_outcome_record& outcome, log_position position) {
  document filter;
  filter.oid("_id", outcome.command);
  document open;
  std::vector<document> any;
  if (is_known(outcome.status)) {
    document either;
    either.texts("$in", {name_of(command_status::accepted), name_of(command_status::unknown)});
    any.push_back(std::move(open.nested("status", either)));
    for (auto& later : beyond("outcomePosition", side::higher, position)) any.push_back(std::move(later));
  } else {
    any.push_back(std::move(open.text("status", name_of(command_status::accepted))));
    for (auto& later : beyond("outcomePosition", side::higher, position)) {
      any.push_back(std::move(later.text("status", name_of(command_status::unknown))));
    }
  }
  filter.list("$or", any);
  return filter;
}

// The same rule, of what was found.
bool gives_way(command_status status, log_position closed, const command_outcome_record& to, log_position position) {
  if (status == command_status::accepted) return true;
  const bool was = is_known(status);
  const bool now = is_known(to.status);
  return was != now ? now : closed > position;
}

update closing(document_maker& maker, const command_outcome_record& outcome, log_position position) {
  update close;
  close.filter = giving_way(outcome, position);
  document incomplete;
  incomplete.flag("incomplete", true);
  close.change.nested("$set", maker.closing(outcome, position)).nested("$setOnInsert", incomplete);
  close.upsert = true;
  return close;
}

}  // namespace

void command_writes::close(const command_outcome_record& outcome, log_position position) {
  auto& last = endings_[outcome.command];
  if (last.outcome != nullptr) {
    if (!gives_way(last.outcome->status, last.position, outcome, position)) return;
  }
  last = {&outcome, position};
}

command_writes::ending command_writes::ending_of(const command_id& command) const {
  const auto found = endings_.find(command);
  return found == endings_.end() ? ending{} : found->second;
}

result<void> command_writes::prepare(document_maker& maker) {
  for (const auto& each : commands_) {
    inserts_.add([each, end = ending_of(each.record->id)](document_maker& by) {
      return by.command(*each.record, each.position, end.outcome, end.position);
    });
  }
  if (auto made = inserts_.prepare(maker, collections::commands); !made) return made;
  for (const auto& [command, end] : endings_) {
    if (maker.closing(*end.outcome, end.position).bytes() <= largest_document) continue;
    return error{errc::invalid_input,
                 "close command",
                 "its result is larger than a document may be",
                 "return less from the command",
                 {}};
  }
  return {};
}

result<void> command_writes::send(client& with, document_maker& maker) {
  auto there = inserts_.send(with, collections::commands);
  if (!there) return std::move(there).error();
  const std::set<std::size_t> old(there->begin(), there->end());
  for (std::size_t i = 0; i < commands_.size(); ++i) {
    if (!old.contains(i)) endings_.erase(commands_[i].record->id);
  }
  if (auto done = complete(with, maker, *there); !done) return done;
  return send_endings(with, maker);
}

// What is written again is complete and closed nearly always: one find says which are not. Neither is ever undone, so
// what is found is no matter of time.
result<void> command_writes::complete(client& with, document_maker& maker, const std::vector<std::size_t>& there) {
  if (there.empty()) return {};
  std::vector<id> which;
  which.reserve(there.size());
  for (const auto index : there) which.push_back(commands_[index].record->id);
  auto what = by_ids(collections::commands, which);
  document members;
  what.options.nested("projection",
                      members.integer("incomplete", 1).integer("status", 1).integer("outcomePosition", 1));
  std::set<command_id> incomplete;
  auto read = with.find(what, [&](const bson_t& found) {
    const command_id command{read_id(found)};
    if (!is_complete(found)) incomplete.insert(command);
    const auto end = endings_.find(command);
    if (end != endings_.end() && !gives_way(read_status(found), read_position(found, "outcomePosition"),
                                            *end->second.outcome, end->second.position)) {
      endings_.erase(end);
    }
    return true;
  });
  if (!read) return read;
  std::vector<update> updates;
  for (const auto index : there) {
    const auto& each = commands_[index];
    if (!incomplete.contains(each.record->id)) continue;
    update fill;
    fill.filter.oid("_id", each.record->id).flag("incomplete", true);
    const auto whole = maker.command(*each.record, each.position, nullptr, {});
    document set;
    bson_copy_to_excluding_noinit(whole.get(), set.get(), "_id", "status", nullptr);
    document unset;
    unset.text("incomplete", "");
    fill.change.nested("$set", set).nested("$unset", unset);
    updates.push_back(std::move(fill));
  }
  if (auto done = update_all(with, collections::commands, updates); !done) return std::move(done).error();
  return {};
}

result<void> command_writes::send_endings(client& with, document_maker& maker) {
  std::vector<update> updates;
  for (const auto& [command, end] : endings_) updates.push_back(closing(maker, *end.outcome, end.position));
  const auto there = update_all(with, collections::commands, updates);
  if (!there) return there.error();
  // Those that are there and did not give way; or were just made by another, and might.
  std::vector<update> again;
  for (const auto& each : *there) {
    again.push_back(updates[each.index]);
    again.back().upsert = false;
  }
  if (auto done = update_all(with, collections::commands, again); !done) return std::move(done).error();
  return {};
}

}  // namespace evd::store_mongo
