#include "broker/nats/api.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <evd/json.hpp>

namespace evd::broker_nats {

namespace {

using simdjson::dom::element;

// What an answer must be is checked where it is used: a member that is missing is nothing.
std::string_view text_at(const element& of, const char* pointer) {
  std::string_view text;
  return of.at_pointer(pointer).get(text) == simdjson::SUCCESS ? text : std::string_view{};
}
std::uint64_t number_at(const element& of, const char* pointer) {
  std::uint64_t number = 0;
  return of.at_pointer(pointer).get(number) == simdjson::SUCCESS ? number : 0;
}
std::int64_t signed_at(const element& of, const char* pointer) {
  std::int64_t number = 0;
  return of.at_pointer(pointer).get(number) == simdjson::SUCCESS ? number : 0;
}
bool flag_at(const element& of, const char* pointer) {
  bool flag = false;
  return of.at_pointer(pointer).get(flag) == simdjson::SUCCESS && flag;
}

std::optional<api_error> error_in(const element& of) {
  element found;
  if (of.at_key("error").get(found) != simdjson::SUCCESS) return std::nullopt;
  return api_error{static_cast<int>(number_at(found, "/code")), static_cast<int>(number_at(found, "/err_code")),
                   std::string(text_at(found, "/description"))};
}

std::map<std::string, std::string> texts_at(const element& of, const char* pointer) {
  std::map<std::string, std::string> all;
  simdjson::dom::object object;
  if (of.at_pointer(pointer).get(object) != simdjson::SUCCESS) return all;
  for (const auto& [key, value] : object) {
    std::string_view text;
    if (value.get(text) == simdjson::SUCCESS) all.emplace(key, text);
  }
  return all;
}

stream_info read_stream(const element& of) {
  stream_info info;
  const auto created = parse_rfc3339(text_at(of, "/created"));
  if (created) info.epoch = static_cast<std::uint64_t>(created->time_since_epoch().count());
  info.first = number_at(of, "/state/first_seq");
  info.last = number_at(of, "/state/last_seq");
  info.messages = number_at(of, "/state/messages");
  info.bytes = number_at(of, "/state/bytes");
  const auto limit = signed_at(of, "/config/max_bytes");
  info.max_bytes = limit > 0 ? static_cast<std::uint64_t>(limit) : 0;
  info.replicas = static_cast<std::uint32_t>(number_at(of, "/config/num_replicas"));
  info.duplicate_window = std::chrono::nanoseconds(signed_at(of, "/config/duplicate_window"));
  info.allows_schedules = flag_at(of, "/config/allow_msg_schedules");
  info.allows_direct = flag_at(of, "/config/allow_direct");
  info.refuses_when_full = text_at(of, "/config/discard") == "new";
  info.server_version = text_at(of, "/config/metadata/_nats.ver");
  simdjson::dom::object subjects;
  if (of.at_pointer("/state/subjects").get(subjects) == simdjson::SUCCESS) {
    for (const auto& [subject, value] : subjects) {
      std::uint64_t count = 0;
      if (value.get(count) == simdjson::SUCCESS) info.subjects.emplace(subject, count);
    }
  }
  return info;
}

consumer_info read_consumer(const element& of) {
  consumer_info info;
  info.name = text_at(of, "/name");
  info.metadata = texts_at(of, "/config/metadata");
  info.deliver_policy = text_at(of, "/config/deliver_policy");
  info.ack_wait = std::chrono::nanoseconds(signed_at(of, "/config/ack_wait"));
  info.pending = number_at(of, "/num_pending");
  info.ack_pending = number_at(of, "/num_ack_pending");
  info.delivered = number_at(of, "/delivered/stream_seq");
  info.ack_floor = number_at(of, "/ack_floor/stream_seq");
  info.pinned = text_at(of, "/priority_groups/0/pinned_client_id");
  if (const auto one = text_at(of, "/config/filter_subject"); !one.empty()) info.filters.emplace_back(one);
  simdjson::dom::array filters;
  if (of.at_pointer("/config/filter_subjects").get(filters) == simdjson::SUCCESS) {
    for (const auto filter : filters) {
      std::string_view text;
      if (filter.get(text) == simdjson::SUCCESS) info.filters.emplace_back(text);
    }
  }
  return info;
}

// Calls `read` with the answer's document.
template <class Read>
auto parsed(const message& answer, std::string_view where, std::string_view subject, Read&& read)
    -> decltype(read(std::declval<const element&>())) {
  if (status_of(answer.get()) == 503) return translate(NATS_NO_RESPONDERS, where, std::string(subject));
  simdjson::dom::parser parser;
  element document;
  const auto text = data_of(answer.get());
  if (parser.parse(text.data(), text.size()).get(document) != simdjson::SUCCESS) {
    return error{
        errc::incompatible, std::string(where), "the server's answer is no JSON: " + std::string(text), "", {}};
  }
  return read(document);
}

}  // namespace

std::string json_string(std::string_view text) {
  return to_json(std::string(text));
}
std::string json_string(const std::vector<std::string>& texts) {
  return to_json(texts);
}

std::variant<publish_ack, api_error> parse_publish_ack(std::string_view json) {
  // {"stream":"evd","seq":12,"duplicate":true}: what is asked thousands of times a second is read without a parser.
  constexpr std::string_view sequence_key = "\"seq\":";
  if (json.find("\"error\"") == std::string_view::npos) {
    const auto at = json.find(sequence_key);
    if (at != std::string_view::npos) {
      auto digits = json.substr(at + sequence_key.size());
      while (!digits.empty() && digits.front() == ' ') digits.remove_prefix(1);
      const auto end = digits.find_first_not_of("0123456789");
      if (const auto sequence = number_in<std::uint64_t>(digits.substr(0, end))) {
        // A stream's name cannot hold a quote, so this is the member; it is there only when it is true.
        return publish_ack{*sequence, json.find("\"duplicate\"") != std::string_view::npos};
      }
    }
  }
  simdjson::dom::parser parser;
  element document;
  if (parser.parse(json.data(), json.size()).get(document) == simdjson::SUCCESS) {
    if (auto why = error_in(document)) return *std::move(why);
  }
  return api_error{500, 0, "an answer that is none: " + std::string(json.substr(0, 200))};
}

result<message> api::ask(const std::string& subject, std::string_view body, std::string_view where) {
  return over_.request("$JS.API." + subject, body, timeout_, where);
}

result<account_info> api::account() {
  constexpr auto where = "ask about JetStream";
  auto answer = ask("INFO", "", where);
  if (!answer) return answer.error();
  return parsed(*answer, where, over_.address(), [&](const element& of) -> result<account_info> {
    if (const auto why = error_in(of)) return translate(*why, where, over_.address());
    return account_info{static_cast<int>(number_at(of, "/api/level"))};
  });
}

result<std::optional<stream_info>> api::stream(const std::string& name, std::string_view subjects) {
  constexpr auto where = "look at stream";
  const auto body =
      subjects.empty() ? std::string() : fmt::format(R"({{"subjects_filter":{}}})", json_string(subjects));
  auto answer = ask("STREAM.INFO." + name, body, where);
  if (!answer) return answer.error();
  return parsed(*answer, where, name, [&](const element& of) -> result<std::optional<stream_info>> {
    if (const auto why = error_in(of)) {
      if (why->err_code == err_code::stream_not_found) return std::optional<stream_info>{};
      return translate(*why, where, name);
    }
    return std::optional{read_stream(of)};
  });
}

result<stream_info> api::create_stream(const std::string& name, const std::string& config) {
  constexpr auto where = "make stream";
  auto answer = ask("STREAM.CREATE." + name, config, where);
  if (!answer) return answer.error();
  return parsed(*answer, where, name, [&](const element& of) -> result<stream_info> {
    if (const auto why = error_in(of)) return translate(*why, where, name);
    return read_stream(of);
  });
}

result<void> api::purge_to(const std::string& stream, std::uint64_t upto) {
  constexpr auto where = "trim stream";
  auto answer = ask("STREAM.PURGE." + stream, fmt::format(R"({{"seq":{}}})", upto + 1), where);
  if (!answer) return answer.error();
  return parsed(*answer, where, stream, [&](const element& of) -> result<void> {
    if (const auto why = error_in(of)) return translate(*why, where, stream);
    return {};
  });
}

result<void> api::purge_subject(const std::string& stream, const std::string& subject) {
  constexpr auto where = "cancel";
  auto answer = ask("STREAM.PURGE." + stream, fmt::format(R"({{"filter":{}}})", json_string(subject)), where);
  if (!answer) return answer.error();
  return parsed(*answer, where, subject, [&](const element& of) -> result<void> {
    if (const auto why = error_in(of)) return translate(*why, where, subject);
    return {};
  });
}

result<std::optional<consumer_info>> api::consumer(const std::string& stream, const std::string& name) {
  constexpr auto where = "look at consumer";
  auto answer = ask("CONSUMER.INFO." + stream + '.' + name, "", where);
  if (!answer) return answer.error();
  return parsed(*answer, where, name, [&](const element& of) -> result<std::optional<consumer_info>> {
    if (const auto why = error_in(of)) {
      if (why->err_code == err_code::consumer_not_found) return std::optional<consumer_info>{};
      return translate(*why, where, name);
    }
    return std::optional{read_consumer(of)};
  });
}

result<std::vector<consumer_info>> api::consumers(const std::string& stream) {
  constexpr auto where = "list consumers";
  std::vector<consumer_info> all;
  for (;;) {
    auto answer = ask("CONSUMER.LIST." + stream, fmt::format(R"({{"offset":{}}})", all.size()), where);
    if (!answer) return answer.error();
    const auto more = parsed(*answer, where, stream, [&](const element& of) -> result<bool> {
      if (const auto why = error_in(of)) return translate(*why, where, stream);
      simdjson::dom::array page;
      if (of.at_pointer("/consumers").get(page) != simdjson::SUCCESS) return false;
      const auto before = all.size();
      for (const auto each : page) all.push_back(read_consumer(each));
      return all.size() > before && all.size() < number_at(of, "/total");
    });
    if (!more) return more.error();
    if (!*more) return all;
  }
}

result<consumer_info> api::put_consumer(const std::string& stream, const std::string& name, const std::string& config) {
  constexpr auto where = "make consumer";
  const auto body = fmt::format(R"({{"stream_name":{},"config":{}}})", json_string(stream), config);
  auto answer = ask("CONSUMER.CREATE." + stream + '.' + name, body, where);
  if (!answer) return answer.error();
  return parsed(*answer, where, name, [&](const element& of) -> result<consumer_info> {
    if (const auto why = error_in(of)) return translate(*why, where, name);
    return read_consumer(of);
  });
}

result<void> api::unpin(const std::string& stream, const std::string& consumer, const std::string& group) {
  constexpr auto where = "give up ownership";
  auto answer =
      ask("CONSUMER.UNPIN." + stream + '.' + consumer, fmt::format(R"({{"group":{}}})", json_string(group)), where);
  if (!answer) return answer.error();
  return parsed(*answer, where, consumer, [&](const element& of) -> result<void> {
    if (const auto why = error_in(of)) return translate(*why, where, consumer);
    return {};
  });
}

result<std::optional<stored_message>> api::direct(const std::string& subject, std::string_view body) {
  auto answer = ask(subject, body, "read a message");
  if (!answer) return answer.error();
  const auto status = status_of(answer->get());
  if (status == 404) return std::optional<stored_message>{};
  if (status == 503) return translate(NATS_NO_RESPONDERS, "read a message", subject);
  if (status != 0) {
    const auto text = header_of(answer->get(), "Description").value_or("");
    return translate(api_error{status, 0, std::string(text)}, "read a message", subject);
  }
  stored_message found;
  found.sequence = number_in<std::uint64_t>(header_of(answer->get(), "Nats-Sequence").value_or("")).value_or(0);
  found.subject = header_of(answer->get(), "Nats-Subject").value_or("");
  found.content = *std::move(answer);
  return std::optional<stored_message>{std::move(found)};
}

result<std::optional<stored_message>> api::last_of(const std::string& stream, const std::string& subject) {
  return direct("DIRECT.GET." + stream + '.' + subject, "");
}

result<std::optional<stored_message>> api::next_of(const std::string& stream, std::uint64_t sequence,
                                                   const std::string& filter) {
  return direct("DIRECT.GET." + stream,
                fmt::format(R"({{"seq":{},"next_by_subj":{}}})", sequence, json_string(filter)));
}

}  // namespace evd::broker_nats
