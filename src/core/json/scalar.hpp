#pragma once
/// Integers of any width behind a pointer, as type tables describe them.

#include <cstdint>
#include <cstring>

#include <evd/type_table.hpp>

namespace evd::json {

template <class Number>
Number load_as(const void* from) {
  Number number;
  std::memcpy(&number, from, sizeof number);
  return number;
}

/// REQUIRES: `table.is_signed` or less than 64 bits.
inline std::int64_t load_signed(const type_table& table, const void* from) {
  switch (table.bits) {
    case 8:
      return table.is_signed ? load_as<std::int8_t>(from) : load_as<std::uint8_t>(from);
    case 16:
      return table.is_signed ? load_as<std::int16_t>(from) : load_as<std::uint16_t>(from);
    case 32:
      return table.is_signed ? load_as<std::int32_t>(from) : std::int64_t{load_as<std::uint32_t>(from)};
    default:
      return load_as<std::int64_t>(from);
  }
}

/// Stores the low bits of `number`.
inline void store_bits(const type_table& table, std::uint64_t number, void* to) {
  switch (table.bits) {
    case 8: {
      const auto narrow = static_cast<std::uint8_t>(number);
      std::memcpy(to, &narrow, sizeof narrow);
      break;
    }
    case 16: {
      const auto narrow = static_cast<std::uint16_t>(number);
      std::memcpy(to, &narrow, sizeof narrow);
      break;
    }
    case 32: {
      const auto narrow = static_cast<std::uint32_t>(number);
      std::memcpy(to, &narrow, sizeof narrow);
      break;
    }
    default:
      std::memcpy(to, &number, sizeof number);
  }
}

/// Whether the table's type can hold `number`.
inline bool fits(const type_table& table, std::int64_t number) {
  if (!table.is_signed) return number >= 0 && (table.bits >= 64 || number < std::int64_t{1} << table.bits);
  if (table.bits >= 64) return true;
  const auto limit = std::int64_t{1} << (table.bits - 1U);
  return number >= -limit && number < limit;
}

}  // namespace evd::json
