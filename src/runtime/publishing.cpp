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
  std::move(common.begin(), common.end(), std::back_inserter(all));
  return all;
}

}  // namespace evd::runtime
