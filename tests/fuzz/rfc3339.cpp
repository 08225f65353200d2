// Times and durations: what is read comes back.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <evd/time.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto time = evd::parse_rfc3339(text)) {
    const auto again = evd::parse_rfc3339(evd::to_rfc3339(*time));
    if (!again || *again != *time) std::abort();
  }
  if (const auto duration = evd::parse_duration(text)) {
    const auto again = evd::parse_duration(evd::to_string(*duration));
    if (!again || *again != *duration) std::abort();
  }
  return 0;
}
