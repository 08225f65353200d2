#pragma once
/// What a delivery token's item says: whether it is an event of the log or a row of `waiting`, which one, and which
/// handing over. A token of an earlier handing over thus differs from that of a later one, and is ignored.

#include <cstdint>

#include <evd/port/log.hpp>

namespace evd::broker_embedded {

/// An event (its sequence) or a row of `waiting` (its number), as leases name it.
struct item_name {
  bool is_waiting = false;
  std::int64_t number = 0;

  [[nodiscard]] std::uint64_t lease_item() const {
    return (is_waiting ? std::uint64_t{1} << 63U : 0U) | static_cast<std::uint64_t>(number);
  }
  friend auto operator<=>(const item_name&, const item_name&) = default;
};

/// 1 bit: waiting; 47 bits: number; 16 bits: handing over.
inline port::delivery_token make_token(std::int64_t subscription, item_name item, std::uint32_t handed_over) {
  const auto number = static_cast<std::uint64_t>(item.number) & ((std::uint64_t{1} << 47U) - 1);
  return {static_cast<std::uint64_t>(subscription),
          (item.is_waiting ? std::uint64_t{1} << 63U : 0U) | number << 16U | (handed_over & 0xffffU)};
}

inline item_name item_of(port::delivery_token token) {
  return {(token.item >> 63U) != 0, static_cast<std::int64_t>(token.item >> 16U & ((std::uint64_t{1} << 47U) - 1))};
}

inline std::uint32_t handed_over_of(port::delivery_token token) {
  return static_cast<std::uint32_t>(token.item & 0xffffU);
}

}  // namespace evd::broker_embedded
