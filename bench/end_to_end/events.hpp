#pragma once
/// What is published: events whose data are 256 bytes of JSON, eight members of every common kind.

#include <cstddef>
#include <cstdint>
#include <string>

#include <evd/event.hpp>
#include <evd/id.hpp>
#include <evd/record.hpp>
#include <evd/time.hpp>

namespace evd::bench {

inline constexpr std::size_t event_bytes = 256;

struct order {
  std::int64_t number = 0;
  std::string customer_id;
  std::string currency;
  double total = 0;
  std::int32_t items = 0;
  bool gift = false;
  timestamp placed_at;
  std::string note;
  friend bool operator==(const order&, const order&) = default;
};

/// The order of that number. Its JSON as the member of an event is exactly `event_bytes` long.
[[nodiscard]] order sample_order(std::uint64_t number);

struct order_placed {
  static constexpr evd::event event{"Bench.orderPlaced"};
  bench::order order;
};
struct first_hop {
  static constexpr evd::event event{"Bench.firstHop"};
  bench::order order;
};
struct second_hop {
  static constexpr evd::event event{"Bench.secondHop"};
  bench::order order;
};
struct third_hop {
  static constexpr evd::event event{"Bench.thirdHop"};
  bench::order order;
};

/// Ids as the library makes them: four bytes of time, then what nobody can predict. Never the same twice in a process.
/// Threads: any.
[[nodiscard]] id fresh_id();

/// `number` as an event that comes from outside of any handler. Encodes it.
[[nodiscard]] event_record outside_event(std::uint64_t number);

}  // namespace evd::bench
