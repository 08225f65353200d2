#include "store/mongo/address.hpp"

#include <algorithm>
#include <mutex>

#include <evd/time.hpp>

#include "store/mongo/mongo_store.hpp"

namespace evd::store_mongo {
namespace {

constexpr std::string_view our_option = "evdKeep=";

// libmongoc says what it passes over in an address to its log only. It has one log for everybody.
thread_local std::string* warnings = nullptr;

void keep_warning(mongoc_log_level_t, const char*, const char* message, void*) {
  if (warnings != nullptr) warnings->append(warnings->empty() ? "" : "; ").append(message);
}

void start_library() {
  static std::once_flag once;
  std::call_once(once, [] {
    mongoc_log_set_handler(keep_warning, nullptr);
    mongoc_init();
  });
}

error refuse(std::string detail, std::string hint) {
  return {errc::invalid_configuration, "store (EVD_STORE)", std::move(detail), std::move(hint), {}};
}

// The address for people: nothing before an @.
std::string without_user(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme == std::string_view::npos) return std::string(url);
  const auto begin = scheme + 3;
  const auto at = url.rfind('@');
  if (at == std::string_view::npos || at < begin) return std::string(url);
  return std::string(url.substr(0, begin)) + "***" + std::string(url.substr(at));
}

// What libmongoc says of a user and a password quotes them.
std::string without_password(std::string_view message) {
  if (message.find("Password") == std::string_view::npos && message.find("Username") == std::string_view::npos) {
    return std::string(message);
  }
  return "user or password have characters that must be written as % and two digits";
}

// Takes `evdKeep=...` out of the options.
result<std::chrono::milliseconds> take_keep(std::string& url) {
  const auto options = url.find('?');
  if (options == std::string::npos) return std::chrono::milliseconds{0};
  auto found = url.find(our_option, options);
  if (found == std::string::npos) return std::chrono::milliseconds{0};
  const auto end = std::min(url.find('&', found), url.size());
  const auto text = url.substr(found + our_option.size(), end - found - our_option.size());
  const auto keep = parse_duration(text);
  if (!keep || keep->count() < 0) {
    return refuse("evdKeep '" + text + "' is no duration",
                  "write evdKeep=90d, or leave it out to keep documents for ever");
  }
  url.erase(found, std::min(end + 1, url.size()) - found);
  while (url.ends_with('&') || url.ends_with('?')) url.pop_back();
  return *keep;
}

result<std::string> database_of(const mongoc_uri_t* uri) {
  const char* named = mongoc_uri_get_database(uri);
  if (named == nullptr || *named == '\0') return std::string("evd");
  const std::string_view name = named;
  constexpr std::size_t longest = 63;
  if (name.size() > longest || name.find_first_of("/\\. \"$*<>:|?") != std::string_view::npos) {
    return refuse("'" + std::string(name) + "' cannot be the name of a database",
                  "use up to 63 letters, digits, - and _ behind the servers, as in mongodb://host/evd");
  }
  return std::string(name);
}

std::string servers_of(const mongoc_uri_t* uri) {
  if (const char* service = mongoc_uri_get_srv_hostname(uri)) return service;
  std::string all;
  for (const auto* host = mongoc_uri_get_hosts(uri); host != nullptr; host = host->next) {
    all.append(all.empty() ? "" : ",").append(static_cast<const char*>(host->host_and_port));
  }
  return all;
}

void set_default(mongoc_uri_t* uri, const char* option, int milliseconds) {
  if (!mongoc_uri_has_option(uri, option)) mongoc_uri_set_option_as_int32(uri, option, milliseconds);
}

// A store that does not answer is waited for by whoever calls, not in here.
void set_defaults(mongoc_uri_t* uri) {
  set_default(uri, MONGOC_URI_SERVERSELECTIONTIMEOUTMS, 5'000);
  set_default(uri, MONGOC_URI_CONNECTTIMEOUTMS, 5'000);
  set_default(uri, MONGOC_URI_SOCKETTIMEOUTMS, 30'000);
  set_default(uri, MONGOC_URI_WAITQUEUETIMEOUTMS, 5'000);
  if (!mongoc_uri_has_option(uri, MONGOC_URI_RETRYREADS)) {
    mongoc_uri_set_option_as_bool(uri, MONGOC_URI_RETRYREADS, true);
  }
  if (mongoc_uri_get_appname(uri) == nullptr) mongoc_uri_set_appname(uri, "evd");
  const auto* said = mongoc_uri_get_write_concern(uri);
  const write_concern_handle concern{said != nullptr ? mongoc_write_concern_copy(said) : mongoc_write_concern_new()};
  if (mongoc_write_concern_get_w(concern.get()) == MONGOC_WRITE_CONCERN_W_DEFAULT) {
    mongoc_write_concern_set_w(concern.get(), MONGOC_WRITE_CONCERN_W_MAJORITY);
  }
  if (!mongoc_write_concern_journal_is_set(concern.get())) mongoc_write_concern_set_journal(concern.get(), true);
  mongoc_uri_set_write_concern(uri, concern.get());
}

}  // namespace

bool is_mongo_url(std::string_view url) {
  return url.starts_with("mongodb://") || url.starts_with("mongodb+srv://");
}

result<address> read_address(std::string_view url) {
  const auto shown = without_user(url);
  if (!is_mongo_url(url)) {
    return refuse("'" + shown + "' is no address of a MongoDB", "write mongodb://HOST:PORT/DATABASE");
  }
  start_library();
  std::string plain(url);
  auto keep = take_keep(plain);
  if (!keep) return std::move(keep).error();

  std::string passed_over;
  warnings = &passed_over;
  bson_error_t failed{};
  uri_handle uri{mongoc_uri_new_with_error(plain.c_str(), &failed)};
  warnings = nullptr;
  if (!uri) {
    return refuse("'" + shown + "': " + without_password(failed.message),
                  "write mongodb://[USER:PASSWORD@]HOST[:PORT][,...][/DATABASE][?OPTIONS]; % stands for itself as %25");
  }
  if (!passed_over.empty()) {
    return refuse("'" + shown + "': " + passed_over, "docs/reference/mongodb.md lists what the address may say");
  }
  auto database = database_of(uri.get());
  if (!database) return std::move(database).error();
  if (const auto* concern = mongoc_uri_get_write_concern(uri.get());
      concern != nullptr && mongoc_write_concern_get_w(concern) == MONGOC_WRITE_CONCERN_W_UNACKNOWLEDGED) {
    return refuse("'" + shown + "' has w=0: nobody would know what was written", "leave w out: it is majority then");
  }
  set_defaults(uri.get());
  address read;
  read.servers = servers_of(uri.get());
  read.database = *std::move(database);
  read.keep = *keep;
  read.uri = std::move(uri);
  return read;
}

}  // namespace evd::store_mongo
