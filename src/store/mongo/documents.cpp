#include "store/mongo/documents.hpp"

#include <algorithm>

#include "core/ids.hpp"
#include "core/siphash.hpp"

namespace evd::store_mongo {

id attempt_id(const attempt_record& record) {
  const auto pair = core::derive_dead_letter_id(record.event, record.module, record.subscription);
  core::siphash hash(0, 0);
  for (const auto byte : pair.bytes()) hash.add_byte(byte);
  const auto add = [&](std::uint64_t number) {
    for (unsigned shift = 0; shift < 64; shift += 8) hash.add_byte(static_cast<std::uint8_t>(number >> shift));
  };
  add(record.number);
  add(static_cast<std::uint64_t>(record.started_at.time_since_epoch().count()));
  const auto rest = hash.finish();
  auto bytes = record.event.bytes();
  for (std::size_t i = 0; i < 8; ++i) bytes[4 + i] = static_cast<std::uint8_t>(rest >> (56 - 8 * i));
  return id{bytes};
}

void document_maker::expiry(document& to, timestamp then) const {
  if (keep_.count() > 0) to.date("expires", then + keep_);
}

document document_maker::closing(const command_outcome_record& outcome, log_position position) {
  document made;
  made.text("status", name_of(outcome.status));
  document inner;
  writer_.append(inner, outcome, {"command", "module", "name", "status"});
  return std::move(made.nested("outcome", inner).position("outcomePosition", position));
}

document document_maker::command(const command_record& record, log_position position,
                                 const command_outcome_record* outcome, log_position outcome_position) {
  document made;
  writer_.append(made, record);
  made.position("position", position);
  if (outcome != nullptr) {
    made.all_of(closing(*outcome, outcome_position));
  } else {
    made.text("status", name_of(command_status::accepted));
  }
  expiry(made, record.accepted_at);
  return made;
}

document document_maker::event(const event_record& record, log_position position, bool failed) {
  document made;
  writer_.append(made, record);
  made.position("position", position);
  if (failed) made.flag("failed", true);
  expiry(made, record.time);
  return made;
}

document document_maker::attempt(const attempt_record& record) {
  document made;
  made.oid("_id", attempt_id(record));
  writer_.append(made, record);
  expiry(made, record.started_at);
  return made;
}

document document_maker::outcome(const outcome_record& record) {
  document made;
  made.oid("_id", core::derive_dead_letter_id(record.event, record.module, record.subscription));
  writer_.append(made, record);
  expiry(made, record.started_at);
  return made;
}

document document_maker::subscription(const subscription_record& record, log_position position) {
  document made;
  made.text("_id", record.module + '.' + record.name);
  writer_.append(made, record);
  return std::move(made.position("position", position));
}

document document_maker::quarantined(const port::quarantined_record& record) {
  document made;
  made.text("_id",
            std::to_string(record.position.epoch) + ':' + std::to_string(record.position.sequence) + ':' + record.kind);
  made.text("kind", record.kind).position("position", record.position).date("at", record.at);
  document why;
  why.text("code", describe(record.why.code).name).text("where", record.why.where).text("detail", record.why.detail);
  // What is too large for a document may be here for just that reason.
  constexpr std::size_t longest = std::size_t{15} << 20U;
  const std::string_view text = record.record.text;
  made.nested("error", why).text("recordText", text.substr(0, longest));
  if (text.size() > longest) made.integer("recordBytes", static_cast<std::int64_t>(text.size()));
  return made;
}

bool is_complete(const bson_t& from) {
  return !bson_has_field(&from, "incomplete");
}

id read_id(const bson_t& from) {
  bson_iter_t at;
  if (!bson_iter_init_find(&at, &from, "_id") || !BSON_ITER_HOLDS_OID(&at)) return {};
  return from_oid(*bson_iter_oid(&at));
}

command_status read_status(const bson_t& from) {
  bson_iter_t at;
  if (!bson_iter_init_find(&at, &from, "status") || !BSON_ITER_HOLDS_UTF8(&at)) return command_status::accepted;
  const std::string_view status = bson_iter_utf8(&at, nullptr);
  for (const auto& each : table_of<command_status>().enumerators) {
    if (each.json_name == status) return static_cast<command_status>(each.value);
  }
  return command_status::accepted;
}

log_position read_position(const bson_t& from, const char* name) {
  bson_iter_t at;
  bson_iter_t member;
  log_position position;
  if (!bson_iter_init_find(&at, &from, name) || !BSON_ITER_HOLDS_DOCUMENT(&at)) return position;
  if (bson_iter_recurse(&at, &member) && bson_iter_find(&member, "epoch")) {
    position.epoch = static_cast<std::uint64_t>(bson_iter_as_int64(&member));
  }
  if (bson_iter_recurse(&at, &member) && bson_iter_find(&member, "sequence")) {
    position.sequence = static_cast<std::uint64_t>(bson_iter_as_int64(&member));
  }
  return position;
}

port::command_document read_command(const bson_t& from) {
  port::command_document read;
  read.command = read_record<command_record>(from);
  bson_iter_t at;
  if (!bson_iter_init_find(&at, &from, "outcome") || !BSON_ITER_HOLDS_DOCUMENT(&at)) return read;
  std::uint32_t bytes = 0;
  const std::uint8_t* data = nullptr;
  bson_iter_document(&at, &bytes, &data);
  bson_t inner;
  if (!bson_init_static(&inner, data, bytes)) return read;
  auto outcome = read_record<command_outcome_record>(inner);
  outcome.command = read.command.id;
  outcome.module = read.command.module;
  outcome.name = read.command.name;
  outcome.status = read_status(from);
  read.status = outcome.status;
  read.outcome = std::move(outcome);
  return read;
}

port::event_document read_event(const bson_t& from) {
  port::event_document read;
  read.event = read_record<event_record>(from);
  read.position = read_position(from, "position");
  return read;
}

}  // namespace evd::store_mongo
