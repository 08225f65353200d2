#include "broker/nats/streams.hpp"

#include <fmt/format.h>

namespace evd::broker_nats {

namespace {

std::string limit(std::uint64_t bytes) {
  return bytes == 0 ? "-1" : std::to_string(bytes);
}

std::string log_config(const names& called, const nats_options& options) {
  return fmt::format(
      R"({{"name":{},"subjects":{},"retention":"limits","storage":"file","discard":"new","num_replicas":{},)"
      R"("max_bytes":{},"duplicate_window":{},"allow_direct":true,"allow_atomic":true,)"
      R"("metadata":{{"evd-wire":"1"}}}})",
      json_string(called.log_stream()), json_string(called.log_subjects()), options.replicas, limit(options.max_bytes),
      std::chrono::nanoseconds(options.duplicate_window).count());
}

std::string journal_config(const names& called, const nats_options& options) {
  return fmt::format(
      R"({{"name":{},"subjects":{},"retention":"limits","storage":"file","discard":"new","num_replicas":{},)"
      R"("max_bytes":{},"duplicate_window":{},"allow_direct":true,"allow_atomic":true,)"
      R"("metadata":{{"evd-wire":"1"}}}})",
      json_string(called.journal_stream()), json_string(std::vector{called.journal_subject()}), options.replicas,
      limit(options.max_journal_bytes), std::chrono::nanoseconds(options.duplicate_window).count());
}

// No limit: with `discard=new` 2.15 refuses schedules, with `discard=old` a full stream loses them. Our own quota
// (`max_scheduled`) bounds it. A work queue, so that what has been moved is gone.
std::string schedules_config(const names& called, const nats_options& options) {
  return fmt::format(
      R"({{"name":{},"subjects":{},"retention":"workqueue","storage":"file","discard":"old","num_replicas":{},)"
      R"("max_bytes":-1,"max_msgs":-1,"duplicate_window":{},"allow_direct":true,"allow_msg_schedules":true,)"
      R"("metadata":{{"evd-wire":"1"}}}})",
      json_string(called.schedules_stream()), json_string(called.schedules_subjects()), options.replicas,
      std::chrono::nanoseconds(options.duplicate_window).count());
}

result<void> check_server(api& server) {
  const auto account = server.account();
  if (!account) {
    if (account.error().code == errc::unavailable) {
      auto why = account.error();
      why.hint = "is JetStream enabled on the server (nats-server -js) and for this account?";
      return why;
    }
    return account.error();
  }
  if (account->api_level >= needed_api_level) return {};
  return error{errc::incompatible,
               "connect to NATS",
               "the server's JetStream API has level " + std::to_string(account->api_level) + ", level " +
                   std::to_string(needed_api_level) + " is needed",
               "use nats-server 2.12 or newer: schedules and pinned consumers came with it",
               {}};
}

result<void> check_kind(const stream_info& found, const std::string& name, bool schedules) {
  const auto wrong = [&](const std::string& what, const std::string& hint) {
    return error{errc::incompatible, "open stream", name + ": " + what, hint, {}};
  };
  if (!found.allows_direct) return wrong("allow_direct is off", "set it: nats stream edit " + name + " --allow-direct");
  if (schedules && !found.allows_schedules) {
    return wrong("allow_msg_schedules is off",
                 "it is no stream of evd, or of an older version; name another name_space");
  }
  if (!schedules && !found.refuses_when_full) {
    return wrong("a full stream discards its oldest messages", "set discard to new: nats stream edit " + name);
  }
  return {};
}

}  // namespace

result<void> check_window(const stream_info& log, std::chrono::milliseconds ack_wait, std::string_view name) {
  if (log.duplicate_window >= 2 * ack_wait) return {};
  const auto window = std::chrono::duration_cast<std::chrono::milliseconds>(log.duplicate_window);
  return error{errc::invalid_configuration,
               "subscribe",
               std::string(name) + " has an ack wait of " + to_string(ack_wait) + ", the log's duplicate window is " +
                   to_string(window),
               "the window must be at least twice the longest ack wait: nats stream edit --dupe-window, or a shorter "
               "ack_wait",
               {}};
}

result<stream_set> open_streams(api& server, const names& called, const nats_options& options) {
  if (auto fits = check_server(server); !fits) return fits.error();
  struct wanted {
    std::string name;
    std::string config;
    bool schedules;
  };
  const wanted all[] = {{called.log_stream(), log_config(called, options), false},
                        {called.journal_stream(), journal_config(called, options), false},
                        {called.schedules_stream(), schedules_config(called, options), true}};
  std::optional<stream_info> found[3];
  std::string missing;
  int count = 0;
  for (int i = 0; i < 3; ++i) {
    auto info = server.stream(all[i].name);
    if (!info) return info.error();
    found[i] = *std::move(info);
    count += found[i] ? 1 : 0;
    if (!found[i]) missing += (missing.empty() ? "" : ", ") + all[i].name;
  }
  if (count == 0 && options.mode != opened_as::application) {
    return error{errc::not_found,
                 "open log",
                 "there are no streams of the namespace '" + options.name_space + "'",
                 "start the application once, which makes them, or name another namespace",
                 {}};
  }
  // Another instance may be making them at this moment: then they are there when asked again.
  if (count > 0 && count < 3) {
    for (int i = 0; i < 3; ++i) {
      for (int again = 0; !found[i] && again < 20; ++again) {
        nats_Sleep(100);
        auto info = server.stream(all[i].name);
        if (!info) return info.error();
        found[i] = *std::move(info);
      }
      if (found[i]) continue;
      return error{
          errc::corrupt,
          "open log",
          "of the streams of the namespace '" + options.name_space + "' there is no " + missing,
          "they were there together once: restore the server's data (nats stream restore); nothing is made anew",
          {}};
    }
  }
  for (int i = 0; i < 3; ++i) {
    if (!found[i]) {
      auto made = server.create_stream(all[i].name, all[i].config);
      if (!made) return made.error();
      found[i] = *made;
    }
    if (auto fits = check_kind(*found[i], all[i].name, all[i].schedules); !fits) return fits.error();
  }
  return stream_set{*std::move(found[0]), *std::move(found[1]), *std::move(found[2])};
}

}  // namespace evd::broker_nats
