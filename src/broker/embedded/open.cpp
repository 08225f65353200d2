#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "broker/embedded/embedded_log.hpp"
#include "broker/embedded/engine.hpp"
#include "broker/embedded/read_only_log.hpp"
#include "sqlite/error.hpp"
#include "store/embedded/embedded_store.hpp"

namespace evd::broker_embedded {
namespace {

store_embedded::embedded_store_options store_options(const embedded_options& options) {
  store_embedded::embedded_store_options store;
  store.path = options.path;
  store.synchronous =
      options.durability == durability::power ? store_embedded::synchronous::full : store_embedded::synchronous::normal;
  store.busy = options.busy;
  store.mode = options.mode == opened_as::read_only ? store_embedded::store_mode::read_only
                                                    : store_embedded::store_mode::read_write;
  store.checkpoints = false;  // the log makes them
  return store;
}

class opened final : public embedded {
 public:
  opened(std::unique_ptr<port::log> log, std::unique_ptr<port::store> store)
      : store_(std::move(store)), log_(std::move(log)) {}
  port::log& log() override { return *log_; }
  port::store& store() override { return *store_; }

 private:
  std::unique_ptr<port::store> store_;
  std::unique_ptr<port::log> log_;
};

}  // namespace

std::vector<problem> embedded_options::validate() const {
  std::vector<problem> problems;
  const auto require = [&](bool holds, const char* pointer, const char* message) {
    if (!holds) problems.push_back({pointer, message});
  };
  require(!path.empty(), "/path", "must name a file");
  require(path.find('\0') == std::string::npos, "/path", "must not contain a zero byte");
  require(commands_until > 0 && commands_until <= 1, "/commandsUntil", "must be above 0 and at most 1");
  require(events_until > 0 && events_until <= 1, "/eventsUntil", "must be above 0 and at most 1");
  require(commands_until <= events_until, "/commandsUntil", "must not be above eventsUntil");
  require(max_bytes == 0 || max_bytes >= (1U << 20U), "/maxBytes", "must be 0 (no limit) or at least 1 MiB");
  require(max_payload >= 1024 && max_payload <= (256U << 20U), "/maxPayload", "must be from 1 KiB to 256 MiB");
  require(default_ack_wait.count() > 0, "/defaultAckWait", "must be above 0");
  require(busy.count() > 0, "/busy", "must be above 0");
  return problems;
}

result<std::unique_ptr<embedded>> open_embedded(const embedded_options& options) {
  if (auto problems = options.validate(); !problems.empty()) {
    std::string detail;
    for (const auto& each : problems) detail += (detail.empty() ? "" : "; ") + each.pointer + ' ' + each.message;
    return error{errc::invalid_configuration, "open file", detail, "correct the settings of the embedded engine",
                 std::move(problems)};
  }
  return sqlite::guarded([&]() -> std::unique_ptr<embedded> {
    struct ::stat found {};
    const bool exists = ::stat(options.path.c_str(), &found) == 0;
    if (!exists && (errno != ENOENT || options.mode != opened_as::application)) {
      throw failure_exception(sqlite::translate_errno(errno, "open file", options.path));
    }
    if (exists && !S_ISREG(found.st_mode)) {
      const bool folder = S_ISDIR(found.st_mode);
      throw failure_exception(error{errc::invalid_configuration,
                                    "open file",
                                    options.path + (folder ? ": it is a folder" : ": it is no regular file"),
                                    folder ? "name a file in it, as in " + options.path + "/evd.db" : "name a file",
                                    {}});
    }
    auto complete = options;
    if (complete.instance.empty()) complete.instance = "pid " + std::to_string(::getpid());
    std::unique_ptr<port::log> log;
    if (options.mode == opened_as::read_only) {
      log = std::make_unique<read_only_log>(complete);
    } else {
      // Before anything is made beside it: is it ours?
      if (exists && found.st_size > 0) store_embedded::check_file(options.path, options.busy);
      log = std::make_unique<engine>(complete);
    }
    auto store = store_embedded::open_embedded_store(store_options(complete));
    if (!store) throw failure_exception(std::move(store).error());
    return std::make_unique<opened>(std::move(log), *std::move(store));
  });
}

}  // namespace evd::broker_embedded
