// Subjects and filters: what is checked with words is what is checked while compiling; matching ends.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <evd/subject.hpp>

#include <simdjson.h>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  // Text in a program is UTF-8 already; what comes from outside is checked for that too.
  const bool utf8 = simdjson::validate_utf8(text.data(), text.size());
  if (evd::check_subject(text).has_value() != (utf8 && evd::is_subject(text))) std::abort();
  if (evd::check_subject_filter(text).has_value() != (utf8 && evd::is_subject_filter(text))) std::abort();
  if (evd::is_subject(text) && !(evd::matches(text, text) && evd::matches(">", text))) std::abort();
  const auto half = size / 2;
  (void)evd::matches(text.substr(0, half), text.substr(half));
  return 0;
}
