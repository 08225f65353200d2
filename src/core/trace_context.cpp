#include "core/trace_context.hpp"

#include <algorithm>

namespace evd::core {

namespace {

constexpr std::string_view digits = "0123456789abcdef";
constexpr std::size_t length = 2 + 1 + 32 + 1 + 16 + 1 + 2;

// Lower case only: upper case is an error by the recommendation.
template <std::size_t Size>
bool read_hex(std::string_view text, std::array<std::uint8_t, Size>& into) {
  for (std::size_t i = 0; i < Size; ++i) {
    const auto high = digits.find(text[2 * i]);
    const auto low = digits.find(text[2 * i + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) return false;
    into[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return true;
}

template <std::size_t Size>
void append_hex(const std::array<std::uint8_t, Size>& what, std::string& out) {
  for (const auto byte : what) {
    out += digits[byte >> 4U];
    out += digits[byte & 15U];
  }
}

template <std::size_t Size>
bool is_zero(const std::array<std::uint8_t, Size>& what) {
  return std::all_of(what.begin(), what.end(), [](std::uint8_t byte) { return byte == 0; });
}

}  // namespace

std::optional<trace_context> parse_traceparent(std::string_view text) {
  if (text.size() < length || text[2] != '-' || text[35] != '-' || text[52] != '-') return std::nullopt;
  std::array<std::uint8_t, 1> version{};
  std::array<std::uint8_t, 1> flags{};
  trace_context read;
  if (!read_hex(text.substr(0, 2), version) || !read_hex(text.substr(3, 32), read.trace) ||
      !read_hex(text.substr(36, 16), read.span) || !read_hex(text.substr(53, 2), flags)) {
    return std::nullopt;
  }
  if (version[0] == 0xFF || is_zero(read.trace) || is_zero(read.span)) return std::nullopt;
  if (text.size() > length && (version[0] == 0 || text[length] != '-')) return std::nullopt;
  read.sampled = (flags[0] & 1U) != 0;
  return read;
}

std::string to_traceparent(const trace_context& context) {
  std::string text = "00-";
  text.reserve(length);
  append_hex(context.trace, text);
  text += '-';
  append_hex(context.span, text);
  text += context.sampled ? "-01" : "-00";
  return text;
}

std::optional<trace_context> trace_of(const header_map& headers) {
  const auto found = headers.find(traceparent_header);
  return found == headers.end() ? std::nullopt : parse_traceparent(found->second);
}

span_id publish_span(const id& event) {
  span_id span{};
  const auto& bytes = event.bytes();
  std::copy(bytes.end() - static_cast<std::ptrdiff_t>(span.size()), bytes.end(), span.begin());
  if (is_zero(span)) span.back() = 1;  // zeros mean "no span"
  return span;
}

void stamp(event_record& event, const trace_context& under) {
  const auto before = trace_of(event.headers);
  if (!before || before->trace != under.trace) {
    if (const auto state = event.headers.find(tracestate_header); state != event.headers.end()) {
      event.headers.erase(state);
    }
  }
  event.headers.insert_or_assign(std::string(traceparent_header),
                                 to_traceparent({under.trace, publish_span(event.id), under.sampled}));
}

std::string to_hex(const trace_id& what) {
  std::string text;
  append_hex(what, text);
  return text;
}
std::string to_hex(const span_id& what) {
  std::string text;
  append_hex(what, text);
  return text;
}

}  // namespace evd::core
