#pragma once
/// Identifiers: 12 bytes, printed as 24 hexadecimal digits, so that each is also a MongoDB ObjectId.
///
/// The first four bytes are seconds since 1970 (big endian), which keeps ids of one time close together in an index.
/// How ids come about (fresh for commands, derived for everything else) is in `src/core/ids.hpp`.

#include <array>
#include <chrono>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace evd {

class id {
 public:
  static constexpr std::size_t size = 12;
  using byte_array = std::array<std::uint8_t, size>;

  /// The id of nothing: all bytes zero.
  constexpr id() = default;
  constexpr explicit id(const byte_array& bytes) : bytes_(bytes) {}

  /// Reads 24 hexadecimal digits, in either case; anything else is no id.
  static constexpr std::optional<id> parse(std::string_view text) {
    if (text.size() != 2 * size) return std::nullopt;
    byte_array bytes{};
    for (std::size_t i = 0; i < size; ++i) {
      const int high = digit(text[2 * i]);
      const int low = digit(text[2 * i + 1]);
      if (high < 0 || low < 0) return std::nullopt;
      bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
    }
    return id{bytes};
  }

  [[nodiscard]] std::string to_string() const {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text(2 * size, '0');
    for (std::size_t i = 0; i < size; ++i) {
      text[2 * i] = digits[bytes_[i] >> 4U];
      text[2 * i + 1] = digits[bytes_[i] & 15U];
    }
    return text;
  }

  [[nodiscard]] constexpr const byte_array& bytes() const { return bytes_; }
  [[nodiscard]] constexpr bool is_none() const { return bytes_ == byte_array{}; }
  [[nodiscard]] constexpr std::chrono::sys_seconds time() const {
    std::uint32_t seconds = 0;
    for (std::size_t i = 0; i < 4; ++i) seconds = seconds << 8U | bytes_[i];
    return std::chrono::sys_seconds{std::chrono::seconds{seconds}};
  }

  friend constexpr auto operator<=>(const id&, const id&) = default;
  friend constexpr bool operator==(const id&, const id&) = default;

 private:
  static constexpr int digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  }

  byte_array bytes_{};
};

/// An id that the compiler keeps apart from the ids of other things. It still is an `id` where any will do.
template <class Tag>
class tagged_id : public id {
 public:
  constexpr tagged_id() = default;
  constexpr explicit tagged_id(const id& plain) : id(plain) {}

  static constexpr std::optional<tagged_id> parse(std::string_view text) {
    if (const auto plain = id::parse(text)) return tagged_id{*plain};
    return std::nullopt;
  }
};

using command_id = tagged_id<struct command_tag>;
using event_id = tagged_id<struct event_tag>;
using dead_letter_id = tagged_id<struct dead_letter_tag>;

}  // namespace evd

template <>
struct std::hash<evd::id> {
  std::size_t operator()(const evd::id& value) const noexcept {
    // The last eight bytes are a hash or random already.
    std::size_t mixed = 0;
    for (std::size_t i = 4; i < evd::id::size; ++i) mixed = mixed << 8U | value.bytes()[i];
    return mixed ^ value.bytes()[3];
  }
};
template <class Tag>
struct std::hash<evd::tagged_id<Tag>> : std::hash<evd::id> {};
