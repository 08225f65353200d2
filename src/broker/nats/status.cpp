#include "broker/nats/status.hpp"

#include <utility>

namespace evd::broker_nats {

namespace {

struct known {
  natsStatus status;
  errc code;
  const char* hint;
};

constexpr known table[] = {
    {NATS_NO_SERVER, errc::unavailable, "is the server running at this address (EVD_BROKER)?"},
    {NATS_TIMEOUT, errc::unavailable, "the server does not answer in time; it is tried again"},
    {NATS_NO_RESPONDERS, errc::unavailable, "nobody answers there: is JetStream enabled, and does the stream exist?"},
    {NATS_CONNECTION_CLOSED, errc::shutting_down, ""},
    {NATS_CONNECTION_DISCONNECTED, errc::unavailable, "the connection is made again by itself"},
    {NATS_IO_ERROR, errc::unavailable, "the connection is made again by itself"},
    {NATS_STALE_CONNECTION, errc::unavailable, "the connection is made again by itself"},
    {NATS_INSUFFICIENT_BUFFER, errc::unavailable, "the connection is away and its buffer is full"},
    {NATS_DRAINING, errc::shutting_down, ""},
    {NATS_CONNECTION_AUTH_FAILED, errc::unauthenticated, "check user and password, credentials file or NKey"},
    {NATS_NOT_PERMITTED, errc::forbidden, "the account's permissions do not allow it"},
    {NATS_SECURE_CONNECTION_REQUIRED, errc::invalid_configuration, "the server wants TLS: write tls://HOST:PORT"},
    {NATS_SECURE_CONNECTION_WANTED, errc::invalid_configuration, "the server offers no TLS: write nats://HOST:PORT"},
    {NATS_SSL_ERROR, errc::invalid_configuration, "check the files of certificate authority, certificate and key"},
    {NATS_INVALID_ARG, errc::invalid_configuration, "check the address: nats://HOST:PORT"},
    {NATS_ADDRESS_MISSING, errc::invalid_configuration, "write nats://HOST:PORT"},
    {NATS_MAX_PAYLOAD, errc::payload_too_large, "publish less, or raise max_payload of the server"},
};

}  // namespace

error translate(natsStatus status, std::string_view where, std::string detail) {
  detail += std::string(detail.empty() ? "" : ": ") + natsStatus_GetText(status);
  for (const auto& row : table) {
    if (row.status == status) return {row.code, std::string(where), std::move(detail), row.hint, {}};
  }
  return {errc::internal, std::string(where), std::move(detail), "", {}};
}

error translate(const api_error& what, std::string_view where, std::string_view detail) {
  auto text = std::string(detail) + (detail.empty() ? "" : ": ") + what.description + " (" +
              std::to_string(what.err_code != 0 ? what.err_code : what.code) + ")";
  const auto make = [&](errc code, const char* hint) {
    return error{code, std::string(where), std::move(text), hint, {}};
  };
  const auto says = [&](std::string_view words) { return what.description.find(words) != std::string::npos; };
  if (says("maximum bytes") || says("maximum messages")) {
    return make(errc::log_full,
                "raise max_log_bytes (EVD_MAX_LOG_BYTES) and the server's limit, or let the recorder catch up");
  }
  if (says("no space left") || says("insufficient storage") || what.err_code == err_code::insufficient_resources) {
    return make(errc::disk_full, "make room in the server's JetStream folder, or raise max_file_store");
  }
  if (says("message size exceeds") || says("payload")) {
    return make(errc::payload_too_large, "publish less, or raise max_payload of the server");
  }
  if (what.err_code == err_code::stream_not_found || what.err_code == err_code::consumer_not_found) {
    return make(errc::not_found, "it is never made anew by itself; restore it, or name another name_space");
  }
  if (what.code == 503 || what.code == 500 || what.code == 408)
    return make(errc::unavailable, "the server is tried again");
  return make(errc::incompatible, "");
}

}  // namespace evd::broker_nats
