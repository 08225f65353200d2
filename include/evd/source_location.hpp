#pragma once
/// Where in the source something was registered, for messages. As std::source_location, which Clang 14 cannot compile
/// with GCC's library.

#include <cstdint>

namespace evd {

class source_location {
 public:
  /// As a default argument: the place of the call.
  static constexpr source_location current(const char* file = __builtin_FILE(), std::uint32_t line = __builtin_LINE()) {
    source_location here;
    here.file_ = file;
    here.line_ = line;
    return here;
  }

  [[nodiscard]] constexpr const char* file_name() const { return file_; }
  [[nodiscard]] constexpr std::uint32_t line() const { return line_; }

 private:
  const char* file_ = "";
  std::uint32_t line_ = 0;
};

}  // namespace evd
