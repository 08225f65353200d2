#include "runtime/publishing.hpp"

#include <algorithm>
#include <iterator>

#include "core/ids.hpp"

namespace evd::runtime {

namespace {

event_record record_of(collected_event&& collected, const std::string& module, const std::string& subscription,
                       timestamp now) {
  event_record record;
  record.subject = collected.type->subject;
  record.version = collected.type->version;
  record.module = module;
  record.subscription = subscription;
  record.key = std::move(collected.key);
  record.time = now;
  if (collected.delay.count() > 0) record.not_before = now + collected.delay;
  record.data = std::move(collected.data);
  return record;
}

}  // namespace

std::vector<event_record> publish_records(std::vector<collected_event> collected, const execution_identity& identity,
                                          std::span<const id> parents, const std::string& subscription,
                                          const header_map& headers, timestamp now) {
  std::vector<event_record> records;
  if (collected.empty()) return records;
  records.reserve(collected.size());
  for (auto& one : collected) {
    auto& record = records.emplace_back(record_of(std::move(one), *identity.module, subscription, now));
    record.command = identity.chain;
    record.parents.assign(parents.begin(), parents.end());
    record.headers = headers;
  }
  core::assign_ids(records);
  if (identity.trace) {
    for (auto& record : records) core::stamp(record, *identity.trace);
  }
  return records;
}

std::vector<event_record> publish_batch_records(std::vector<collected_event> collected,
                                                const execution_identity& identity,
                                                std::span<const batch_entry> entries, const std::string& subscription,
                                                timestamp now) {
  std::vector<event_record> all;
  if (collected.empty()) return all;
  for (const auto& entry : entries) {
    if (entry.failure()) continue;
    std::vector<event_record> records;
    for (auto& one : collected) {
      if (one.item != &entry) continue;
      auto& record = records.emplace_back(record_of(std::move(one), *identity.module, subscription, now));
      record.command = entry.record().command;
      record.parents = {entry.record().id};
      record.headers = entry.record().headers;
    }
    core::assign_ids(records);
    if (identity.trace) {
      // An event stays in its cause's trace. The call itself is in that of the first entry.
      const auto caused = &entry == &entries.front() ? std::nullopt : core::trace_of(entry.record().headers);
      for (auto& record : records) core::stamp(record, caused.value_or(*identity.trace));
    }
    std::move(records.begin(), records.end(), std::back_inserter(all));
  }

  std::vector<event_record> common;
  for (auto& one : collected) {
    if (one.item != nullptr) continue;
    auto& record = common.emplace_back(record_of(std::move(one), *identity.module, subscription, now));
    record.command = entries.front().record().command;
    for (const auto& entry : entries) {
      record.parents.push_back(entry.record().id);
      const auto& chain = entry.record().command;
      const bool known = chain == record.command ||
                         std::find(record.linked.begin(), record.linked.end(), chain) != record.linked.end();
      if (!known) record.linked.push_back(chain);
    }
  }
  core::assign_batch_ids(common);
  if (identity.trace) {
    for (auto& record : common) core::stamp(record, *identity.trace);
  }
  std::move(common.begin(), common.end(), std::back_inserter(all));
  return all;
}

void report_events(const environment& with, std::string_view module, std::span<const event_record> events,
                   const std::optional<core::trace_context>& call) {
  if (events.empty()) return;
  if (with.observer != nullptr) {
    events_published told{module, events.size(), 0};
    for (const auto& event : events) told.bytes += event.data.text.size();
    with.observer->on(told);
  }
  if (with.tracer != nullptr && call && call->sampled) {
    const auto ended = now();
    for (const auto& event : events) with.tracer->published({event, *call, event.time, ended});
  }
}

}  // namespace evd::runtime
