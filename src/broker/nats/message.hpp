#pragma once
/// RAII and reading for one message of nats.c.

#include <nats/nats.h>

#include <charconv>
#include <memory>
#include <optional>
#include <string_view>

namespace evd::broker_nats {

struct message_deleter {
  void operator()(natsMsg* message) const noexcept { natsMsg_Destroy(message); }
};
using message = std::unique_ptr<natsMsg, message_deleter>;

[[nodiscard]] inline std::string_view subject_of(const natsMsg* of) {
  return natsMsg_GetSubject(of);
}
[[nodiscard]] inline std::string_view reply_of(const natsMsg* of) {
  const char* reply = natsMsg_GetReply(of);
  return reply != nullptr ? reply : std::string_view{};
}
[[nodiscard]] inline std::string_view data_of(const natsMsg* of) {
  return {natsMsg_GetData(of), static_cast<std::size_t>(natsMsg_GetDataLength(of))};
}

/// The first value of a header. Not const: nats.c parses headers when they are first asked for.
[[nodiscard]] inline std::optional<std::string_view> header_of(natsMsg* of, const char* name) {
  const char* value = nullptr;
  if (natsMsgHeader_Get(of, name, &value) != NATS_OK || value == nullptr) return std::nullopt;
  return value;
}

template <class Number>
[[nodiscard]] std::optional<Number> number_in(std::string_view text) {
  Number value{};
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// The number of a message that the server itself sent about a request (100, 404, 408, 409, 423, 503); 0: an ordinary
/// message.
[[nodiscard]] inline int status_of(natsMsg* of) {
  if (natsMsg_GetDataLength(of) > 0) return 0;
  const auto text = header_of(of, "Status");
  return text ? number_in<int>(*text).value_or(0) : 0;
}

/// Where and how often the server delivered a message, from its reply subject.
struct delivered_as {
  std::uint64_t stream_sequence = 0;
  std::uint64_t consumer_sequence = 0;
  std::uint32_t count = 0;
};

/// `$JS.ACK.<stream>.<consumer>.<count>.<stream seq>.<consumer seq>.<time>.<pending>`, and with domain and account hash
/// before the stream, and a token more at the end, from servers that have them.
[[nodiscard]] inline std::optional<delivered_as> parse_reply(std::string_view reply) {
  std::string_view tokens[12];
  std::size_t count = 0;
  while (count < 12) {
    const auto dot = reply.find('.');
    tokens[count++] = reply.substr(0, dot);
    if (dot == std::string_view::npos) break;
    reply.remove_prefix(dot + 1);
  }
  const std::size_t at = count == 9 ? 4 : 6;
  if (count < 9 || tokens[0] != "$JS" || tokens[1] != "ACK") return std::nullopt;
  const auto times = number_in<std::uint32_t>(tokens[at]);
  const auto stream = number_in<std::uint64_t>(tokens[at + 1]);
  const auto consumer = number_in<std::uint64_t>(tokens[at + 2]);
  if (!times || !stream || !consumer) return std::nullopt;
  return delivered_as{*stream, *consumer, *times};
}

}  // namespace evd::broker_nats
