#include "core/ids.hpp"

#include <algorithm>
#include <limits>
#include <unordered_map>
#include <unordered_set>

#include <evd/json.hpp>

#include "core/siphash.hpp"

namespace evd::core {

namespace {

// "evd even" and "t-driven", read as little endian.
constexpr std::uint64_t key_low = 0x6e65766520647665U;
constexpr std::uint64_t key_high = 0x6e65766972642d74U;

void add_number(siphash& hash, std::size_t number) {
  for (unsigned shift = 0; shift < 32; shift += 8) hash.add_byte(static_cast<std::uint8_t>(number >> shift));
}

void add_field(siphash& hash, std::string_view text) {
  add_number(hash, text.size());
  hash.add(text);
}

void add_id(siphash& hash, const id& what) {
  for (const auto byte : what.bytes()) hash.add_byte(byte);
}

id make_id(const id& dated, std::uint64_t rest) {
  id::byte_array bytes{};
  std::copy_n(dated.bytes().begin(), 4, bytes.begin());
  for (std::size_t i = 0; i < 8; ++i) bytes[4 + i] = static_cast<std::uint8_t>(rest >> (56 - 8 * i));
  return id{bytes};
}

event_origin origin_of(const event_record& event, std::string_view canonical_data) {
  event_origin origin;
  origin.command = event.command;
  origin.parents = event.parents;
  origin.module = event.module;
  origin.subscription = event.subscription;
  origin.subject = event.subject;
  origin.key = event.key;
  origin.data = canonical_data;
  return origin;
}

// Of several with one id the first stays.
void remove_repeated(std::vector<event_record>& events) {
  std::unordered_set<event_id> seen;
  std::erase_if(events, [&](const event_record& event) { return !seen.insert(event.id).second; });
}

}  // namespace

command_id fresh_command_id(timestamp now, std::uint64_t random) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  const auto held = std::clamp<std::int64_t>(seconds, 0, std::numeric_limits<std::uint32_t>::max());
  id::byte_array bytes{};
  for (std::size_t i = 0; i < 4; ++i) bytes[i] = static_cast<std::uint8_t>(held >> (24 - 8 * i));
  return command_id{make_id(id{bytes}, random)};
}

event_id derive_event_id(const event_origin& origin) {
  siphash hash(key_low, key_high);
  hash.add_byte('e');
  add_number(hash, origin.parents.size());
  for (const auto& parent : origin.parents) add_id(hash, parent);
  add_field(hash, origin.module);
  add_field(hash, origin.subscription);
  add_field(hash, origin.subject);
  if (!origin.key.empty()) {
    hash.add_byte('k');
    add_field(hash, origin.key);
  } else {
    hash.add_byte('d');
    add_field(hash, origin.data);
    add_number(hash, origin.number);
  }
  return event_id{make_id(origin.command, hash.finish())};
}

event_id next_event_id(const event_id& taken) {
  siphash hash(key_low, key_high);
  hash.add_byte('n');
  add_id(hash, taken);
  return event_id{make_id(taken, hash.finish())};
}

dead_letter_id derive_dead_letter_id(const event_id& event, std::string_view module, std::string_view subscription) {
  siphash hash(key_low, key_high);
  hash.add_byte('x');
  add_id(hash, event);
  add_field(hash, module);
  add_field(hash, subscription);
  return dead_letter_id{make_id(event, hash.finish())};
}

void assign_ids(std::vector<event_record>& published) {
  if (published.empty()) return;
  std::unordered_map<event_id, std::uint32_t> equals;
  bool keyed = false;
  for (auto& event : published) {
    const auto data = event.key.empty() ? canonical_json(event.data) : std::string();
    auto origin = origin_of(event, data);
    event.id = derive_event_id(origin);
    if (!event.key.empty()) {
      keyed = true;
      continue;
    }
    if (published.size() == 1) continue;
    origin.number = equals[event.id]++;
    if (origin.number > 0) event.id = derive_event_id(origin);
  }
  if (keyed && published.size() > 1) remove_repeated(published);
}

void assign_batch_ids(std::vector<event_record>& published) {
  for (auto& event : published) {
    auto origin = origin_of(event, {});
    origin.command = {};
    origin.parents = {};
    event.id = derive_event_id(origin);
  }
  if (published.size() > 1) remove_repeated(published);
}

}  // namespace evd::core
