#include "end_to_end/events.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <random>

#include <evd/json.hpp>

namespace evd::bench {
namespace {

order without_note(std::uint64_t number) {
  order made;
  made.number = static_cast<std::int64_t>(1'000'000'000 + number % 1'000'000'000);
  made.customer_id = "customer-" + std::to_string(10'000'000 + number * 7 % 10'000'000);
  made.currency = "EUR";
  made.total = 1'024.25;
  made.items = 12;
  made.placed_at = timestamp{std::chrono::microseconds{1'767'225'600'123'456}};
  return made;
}

// All numbers have one length, so all notes have.
std::size_t note_length() {
  static const std::size_t length = event_bytes - to_json(order_placed{without_note(0)}).size();
  return length;
}

// splitmix64: a bijection, so a counter gives no number twice.
std::uint64_t mixed(std::uint64_t number) {
  number += 0x9e3779b97f4a7c15ULL;
  number = (number ^ (number >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  number = (number ^ (number >> 27U)) * 0x94d049bb133111ebULL;
  return number ^ (number >> 31U);
}

timestamp now() {
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

}  // namespace

order sample_order(std::uint64_t number) {
  constexpr std::string_view words = "leave it with the neighbours at number four, please; ";
  auto made = without_note(number);
  const auto length = note_length();
  made.note.reserve(length);
  while (made.note.size() < length) made.note += words.substr(0, length - made.note.size());
  return made;
}

id fresh_id() {
  static std::atomic<std::uint64_t> count{std::random_device{}()};
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now().time_since_epoch()).count();
  const auto rest = mixed(count.fetch_add(1, std::memory_order_relaxed));
  id::byte_array bytes{};
  for (std::size_t at = 0; at < 4; ++at) bytes[at] = static_cast<std::uint8_t>(seconds >> (24 - 8 * at));
  for (std::size_t at = 0; at < 8; ++at) bytes[4 + at] = static_cast<std::uint8_t>(rest >> (56 - 8 * at));
  return id{bytes};
}

event_record outside_event(std::uint64_t number) {
  event_record event;
  event.id = event_id{fresh_id()};
  event.subject = order_placed::event.subject;
  event.version = order_placed::event.version;
  event.command = command_id{fresh_id()};
  event.parents = {event.command};
  event.module = "Bench";
  event.time = now();
  event.data.text.clear();
  const order_placed placed{sample_order(number)};
  append_json(table_of<order_placed>(), &placed, event.data.text);
  return event;
}

}  // namespace evd::bench
