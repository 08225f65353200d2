#include "telemetry/http_post.hpp"

#include <curl/curl.h>

#include <array>
#include <mutex>

namespace evd::telemetry {

namespace {

constexpr std::size_t most_of_body = 64 << 10;

std::size_t keep_beginning(char* bytes, std::size_t size, std::size_t count, void* into) {
  auto& body = *static_cast<std::string*>(into);
  body.append(bytes, std::min(size * count, most_of_body - std::min(most_of_body, body.size())));
  return size * count;
}

// A value other than 0 ends the transfer.
int ask_whether_to_stop(void* stop, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<const std::stop_token*>(stop)->stop_requested() ? 1 : 0;
}

struct free_list {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
struct free_easy {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};

}  // namespace

struct http_post::handle {
  std::string url;
  std::unique_ptr<CURL, free_easy> easy;
  std::unique_ptr<curl_slist, free_list> headers;
  std::array<char, CURL_ERROR_SIZE> failure{};
};

http_post::http_post(const options& with) : handle_(std::make_unique<handle>()) {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  auto& h = *handle_;
  h.url = with.url;
  h.easy.reset(curl_easy_init());
  if (!h.easy) return;
  const auto add = [&h](const std::string& line) {
    if (auto* longer = curl_slist_append(h.headers.get(), line.c_str())) {
      (void)h.headers.release();
      h.headers.reset(longer);
    }
  };
  add("Content-Type: application/json");
  add("Expect:");  // no waiting for 100-continue
  for (const auto& [name, value] : with.headers) add(name + ": " + value);
  CURL* easy = h.easy.get();
  curl_easy_setopt(easy, CURLOPT_URL, h.url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, h.headers.get());
  curl_easy_setopt(easy, CURLOPT_USERAGENT, "evd/" EVD_PROJECT_VERSION);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(with.timeout.count()));
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);  // signals are the application's
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, h.failure.data());
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, keep_beginning);
  curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, ask_whether_to_stop);
  curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
  if (!with.certificate.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, with.certificate.c_str());
}

http_post::~http_post() = default;

http_reply http_post::send(std::string_view json, const std::stop_token& stop) {
  http_reply reply;
  auto& h = *handle_;
  CURL* easy = h.easy.get();
  if (easy == nullptr) {
    reply.failure = "libcurl cannot be used";
    return reply;
  }
  h.failure.fill('\0');
  curl_easy_setopt(easy, CURLOPT_POSTFIELDS, json.data());
  curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(json.size()));
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &reply.body);
  curl_easy_setopt(easy, CURLOPT_XFERINFODATA, &stop);
  const auto code = curl_easy_perform(easy);
  if (code != CURLE_OK) {
    reply.failure = h.url + ": " + (h.failure[0] != '\0' ? h.failure.data() : curl_easy_strerror(code));
    return reply;
  }
  long status = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  reply.status = static_cast<int>(status);
  curl_off_t wait = 0;
  if (curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &wait) == CURLE_OK && wait > 0) {
    reply.retry_after = std::chrono::seconds(wait);
  }
  return reply;
}

}  // namespace evd::telemetry
