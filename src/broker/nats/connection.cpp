#include "broker/nats/connection.hpp"

#include <utility>
#include <vector>

#include "broker/nats/status.hpp"

namespace evd::broker_nats {

namespace {

struct options_deleter {
  void operator()(natsOptions* of) const noexcept { natsOptions_Destroy(of); }
};
using options_ptr = std::unique_ptr<natsOptions, options_deleter>;

// Addresses as an error shows them: without what they may hold of a password.
std::string without_password(const std::string& url) {
  const auto at = url.rfind('@');
  const auto scheme = url.find("://");
  if (at == std::string::npos || scheme == std::string::npos) return url;
  return url.substr(0, scheme + 3) + "***" + url.substr(at);
}

std::string addresses(const nats_options& options) {
  std::string all;
  for (const auto& url : options.urls) all += (all.empty() ? "" : ", ") + without_password(url);
  return all;
}

// Takes steps until one fails.
class steps {
 public:
  template <class Call>
  steps& then(const char* setting, Call&& call) {
    if (status_ == NATS_OK) {
      status_ = call();
      if (status_ != NATS_OK) setting_ = setting;
    }
    return *this;
  }
  [[nodiscard]] natsStatus status() const { return status_; }
  [[nodiscard]] const char* setting() const { return setting_; }

 private:
  natsStatus status_ = NATS_OK;
  const char* setting_ = "";
};

void set_security(steps& all, natsOptions* made, const nats_options& options) {
  if (!options.user.empty()) {
    all.then("user", [&] { return natsOptions_SetUserInfo(made, options.user.c_str(), options.password.c_str()); });
  }
  if (!options.credentials_file.empty()) {
    all.then("credentials_file",
             [&] { return natsOptions_SetUserCredentialsFromFiles(made, options.credentials_file.c_str(), nullptr); });
  }
  if (!options.nkey_seed_file.empty()) {
    all.then("nkey_seed_file",
             [&] { return natsOptions_SetNKeyFromSeed(made, options.nkey.c_str(), options.nkey_seed_file.c_str()); });
  }
  const bool tls = !options.tls_ca_file.empty() || !options.tls_cert_file.empty();
  if (tls) all.then("tls", [&] { return natsOptions_SetSecure(made, true); });
  if (!options.tls_ca_file.empty()) {
    all.then("tls_ca_file", [&] { return natsOptions_LoadCATrustedCertificates(made, options.tls_ca_file.c_str()); });
  }
  if (!options.tls_cert_file.empty()) {
    all.then("tls_cert_file", [&] {
      return natsOptions_LoadCertificatesChain(made, options.tls_cert_file.c_str(), options.tls_key_file.c_str());
    });
  }
}

}  // namespace

result<std::unique_ptr<connection>> connection::open(const nats_options& options, sending how, logger log,
                                                     std::function<void()> reconnected) {
  std::unique_ptr<connection> made{new connection(std::move(log), std::move(reconnected))};
  natsOptions* raw = nullptr;
  steps all;
  all.then("options", [&] { return natsOptions_Create(&raw); });
  const options_ptr settings{raw};
  std::vector<const char*> urls;
  for (const auto& url : options.urls) urls.push_back(url.c_str());
  const auto name = options.instance + (how == sending::at_once ? "" : " (bulk)");
  all.then("urls", [&] { return natsOptions_SetServers(raw, urls.data(), static_cast<int>(urls.size())); })
      .then("name", [&] { return natsOptions_SetName(raw, name.c_str()); })
      .then("connect_timeout", [&] { return natsOptions_SetTimeout(raw, options.connect_timeout.count()); })
      .then("reconnect", [&] { return natsOptions_SetMaxReconnect(raw, -1); })
      .then("reconnect", [&] { return natsOptions_SetReconnectWait(raw, 100); })
      .then("reconnect", [&] { return natsOptions_SetReconnectJitter(raw, 100, 500); })
      .then("delivery", [&] { return natsOptions_UseGlobalMessageDelivery(raw, true); })
      .then("ping", [&] { return natsOptions_SetPingInterval(raw, 10'000); })
      .then("ping", [&] { return natsOptions_SetMaxPingsOut(raw, 2); })
      .then("deadline", [&] { return natsOptions_SetWriteDeadline(raw, 10'000); })
      .then("sending", [&] { return natsOptions_SetSendAsap(raw, how == sending::at_once); });
  set_security(all, raw, options);
  auto* self = made.get();
  all.then("callbacks",
           [&] {
             return natsOptions_SetDisconnectedCB(
                 raw,
                 [](natsConnection*, void* to) {
                   auto* of = static_cast<connection*>(to);
                   of->connected_ = false;
                   if (!of->closing_) of->log_.warning("the connection to the broker is lost; it is made again");
                 },
                 self);
           })
      .then("callbacks",
            [&] {
              return natsOptions_SetReconnectedCB(
                  raw,
                  [](natsConnection*, void* to) {
                    auto* of = static_cast<connection*>(to);
                    of->connected_ = true;
                    of->log_.info("the connection to the broker is back", {{"address", of->address()}});
                    if (of->reconnected_) of->reconnected_();
                  },
                  self);
            })
      .then("callbacks",
            [&] {
              return natsOptions_SetClosedCB(
                  raw, [](natsConnection*, void* to) { static_cast<connection*>(to)->closed_.set_value(); }, self);
            })
      .then("callbacks", [&] {
        // Without a handler nats.c prints to standard error. What matters comes back with the call that failed.
        return natsOptions_SetErrorHandler(
            raw,
            [](natsConnection*, natsSubscription*, natsStatus status, void* to) {
              auto* of = static_cast<connection*>(to);
              if (!of->closing_) of->log_.warning("the broker reports", {{"error", natsStatus_GetText(status)}});
            },
            self);
      });
  if (all.status() != NATS_OK) {
    return translate(all.status(), "connect to NATS", std::string(all.setting()) + " of " + addresses(options));
  }
  if (const auto status = natsConnection_Connect(&made->handle_, raw); status != NATS_OK) {
    return translate(status, "connect to NATS", addresses(options));
  }
  made->connected_ = true;
  return made;
}

connection::~connection() {
  closing_ = true;
  if (handle_ == nullptr) return;
  natsConnection_Close(handle_);
  // Callbacks come on another thread, also those of the end; this is the last one.
  closed_.get_future().wait();
  natsConnection_Destroy(handle_);
}

natsStatus connection::publish(const char* subject, const char* reply, std::string_view data) {
  const auto size = static_cast<int>(data.size());
  if (reply == nullptr) return natsConnection_Publish(handle_, subject, data.data(), size);
  return natsConnection_PublishRequest(handle_, subject, reply, data.data(), size);
}

natsStatus connection::publish(natsMsg* what) {
  return natsConnection_PublishMsg(handle_, what);
}

result<message> connection::request(const std::string& subject, std::string_view data,
                                    std::chrono::milliseconds timeout, std::string_view where) {
  natsMsg* answer = nullptr;
  const auto status = natsConnection_Request(&answer, handle_, subject.c_str(), data.data(),
                                             static_cast<int>(data.size()), timeout.count());
  if (status != NATS_OK) return translate(status, where, subject);
  return message{answer};
}

result<subscription> connection::subscribe(const std::string& subject) {
  natsSubscription* made = nullptr;
  auto status = natsConnection_SubscribeSync(&made, handle_, subject.c_str());
  subscription held{made};
  // What may come is bounded by what was asked for.
  if (status == NATS_OK) status = natsSubscription_SetPendingLimits(made, -1, -1);
  if (status != NATS_OK) return translate(status, "subscribe to NATS", subject);
  return held;
}

result<subscription> connection::subscribe(const std::string& subject, natsMsgHandler arrived, void* closure,
                                           natsOnCompleteCB completed) {
  natsSubscription* made = nullptr;
  auto status = natsConnection_Subscribe(&made, handle_, subject.c_str(), arrived, closure);
  subscription held{made};
  if (status == NATS_OK) status = natsSubscription_SetPendingLimits(made, -1, -1);
  if (status == NATS_OK) status = natsSubscription_SetOnCompleteCB(made, completed, closure);
  if (status != NATS_OK) return translate(status, "subscribe to NATS", subject);
  return held;
}

void connection::flush(std::chrono::milliseconds timeout) {
  (void)natsConnection_FlushTimeout(handle_, timeout.count());
}

std::string connection::address() const {
  char text[256] = "";
  if (natsConnection_GetConnectedUrl(handle_, text, sizeof text) != NATS_OK) return "no server";
  return without_password(text);
}

std::string make_inbox() {
  natsInbox* made = nullptr;
  if (natsInbox_Create(&made) != NATS_OK) throw std::bad_alloc();
  std::string text = made;
  natsInbox_Destroy(made);
  return text;
}

}  // namespace evd::broker_nats
