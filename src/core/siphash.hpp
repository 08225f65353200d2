#pragma once
/// SipHash-2-4 (Aumasson and Bernstein, 2012): a keyed 64-bit hash without practical collisions for inputs of anybody's
/// choosing, fast on the short inputs that ids are made of. Its result is part of what logs hold, so it never changes.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace evd::core {

/// Takes bytes in as many pieces as one likes; the result depends on their concatenation alone.
class siphash {
 public:
  constexpr siphash(std::uint64_t key_low, std::uint64_t key_high)
      : v0_(key_low ^ 0x736f6d6570736575U),
        v1_(key_high ^ 0x646f72616e646f6dU),
        v2_(key_low ^ 0x6c7967656e657261U),
        v3_(key_high ^ 0x7465646279746573U) {}

  constexpr void add_byte(std::uint8_t byte) {
    word_ |= std::uint64_t{byte} << (8 * (length_ % 8));
    ++length_;
    if (length_ % 8 == 0) take_word();
  }

  constexpr void add(std::string_view bytes) {
    for (const char byte : bytes) add_byte(static_cast<std::uint8_t>(byte));
  }

  /// The hash of everything added. Ends the use of this object.
  constexpr std::uint64_t finish() {
    word_ |= length_ << 56U;  // the rest of the input, and the low byte of its length
    take_word();
    v2_ ^= 0xffU;
    for (int round = 0; round < 4; ++round) mix();
    return v0_ ^ v1_ ^ v2_ ^ v3_;
  }

 private:
  static constexpr std::uint64_t rotate(std::uint64_t value, unsigned by) { return value << by | value >> (64 - by); }

  constexpr void take_word() {
    v3_ ^= word_;
    mix();
    mix();
    v0_ ^= word_;
    word_ = 0;
  }

  constexpr void mix() {
    v0_ += v1_;
    v2_ += v3_;
    v1_ = rotate(v1_, 13) ^ v0_;
    v3_ = rotate(v3_, 16) ^ v2_;
    v0_ = rotate(v0_, 32);
    v2_ += v1_;
    v0_ += v3_;
    v1_ = rotate(v1_, 17) ^ v2_;
    v3_ = rotate(v3_, 21) ^ v0_;
    v2_ = rotate(v2_, 32);
  }

  std::uint64_t v0_, v1_, v2_, v3_;
  std::uint64_t word_ = 0;
  std::uint64_t length_ = 0;
};

}  // namespace evd::core
