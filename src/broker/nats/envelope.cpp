#include "broker/nats/envelope.hpp"

#include <charconv>

#include <evd/json.hpp>
#include <evd/subject.hpp>

#include "broker/nats/structured.hpp"

namespace evd::broker_nats {

namespace {

constexpr std::string_view user_prefix = "evd-h-";

bool stays(char c) {
  return c > 0x20 && c < 0x7f && c != '"' && c != '%';
}

template <class Id>
void append_ids(std::string& to, char name, const std::vector<Id>& all) {
  if (all.empty()) return;
  to.append(1, ';').append(1, name).append(1, '=');
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i > 0) to += ',';
    to += all[i].to_string();
  }
}

void append_text(std::string& to, char name, std::string_view text) {
  if (text.empty()) return;
  to.append(1, ';').append(1, name).append(1, '=');
  for (const char c : text) {
    if (stays(c) && c != ';') {
      to += c;
    } else {
      constexpr std::string_view digits = "0123456789ABCDEF";
      const auto byte = static_cast<unsigned char>(c);
      to.append(1, '%').append(1, digits[byte >> 4U]).append(1, digits[byte & 15U]);
    }
  }
}

// Trace context keeps the names that every tracer looks for; the rest is kept apart from headers with a meaning.
void append_user(headers& to, const header_map& from) {
  for (const auto& [name, value] : from) {
    const bool known = name == "traceparent" || name == "tracestate";
    to.emplace_back(known ? name : std::string(user_prefix) + percent_encoded(name), percent_encoded(value));
  }
}

headers begin(const id& what, std::string_view module, std::string_view subscription, std::string_view type,
              timestamp when) {
  headers made;
  made.reserve(9);
  const auto text = what.to_string();
  std::string source = "/";
  source += percent_encoded(module);
  if (!subscription.empty()) source.append(1, '/').append(percent_encoded(subscription));
  made.emplace_back("Nats-Msg-Id", text);
  made.emplace_back("ce-specversion", "1.0");
  made.emplace_back("ce-id", text);
  made.emplace_back("ce-source", std::move(source));
  made.emplace_back("ce-type", percent_encoded(type));
  made.emplace_back("ce-time", to_rfc3339(when));
  return made;
}

// The members of an `evd` header: `v=1;c=...`.
class members {
 public:
  explicit members(std::string_view text) : text_(text) {}
  template <class Take>
  void each(Take&& take) const {
    auto rest = text_;
    while (!rest.empty()) {
      const auto end = rest.find(';');
      const auto member = rest.substr(0, end);
      if (member.size() >= 2 && member[1] == '=') take(member[0], member.substr(2));
      if (end == std::string_view::npos) break;
      rest.remove_prefix(end + 1);
    }
  }

 private:
  std::string_view text_;
};

template <class Id>
bool read_ids(std::string_view text, std::vector<Id>& into) {
  while (!text.empty()) {
    const auto end = text.find(',');
    const auto one = Id::parse(text.substr(0, end));
    if (!one) return false;
    into.push_back(*one);
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return true;
}

template <class Number>
bool read_number(std::string_view text, Number& into) {
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), into);
  return failed == std::errc{} && end == text.data() + text.size();
}

error unreadable(std::string_view what, std::string_view problem) {
  return {errc::invalid_input,
          "read " + std::string(what),
          std::string(problem),
          "docs/reference/wire.md says what a message has to be",
          {}};
}

// Going through all headers is dear, so `evd` says whether there are more than those of the trace.
bool has_others(const header_map& headers) {
  for (const auto& [name, value] : headers) {
    if (name != "traceparent" && name != "tracestate") return true;
  }
  return false;
}

header_map read_user(const header_source& from, bool others) {
  header_map all;
  for (const char* name : {"traceparent", "tracestate"}) {
    if (const auto value = from.find(name)) all.emplace(name, percent_decoded(*value));
  }
  if (!others) return all;
  for (const auto& [name, value] : from.all_with(user_prefix)) {
    all.emplace(percent_decoded(name), percent_decoded(value));
  }
  return all;
}

void read_source(std::string_view source, std::string& module, std::string& subscription) {
  if (!source.starts_with('/')) return;
  source.remove_prefix(1);
  const auto slash = source.find('/');
  module = percent_decoded(source.substr(0, slash));
  if (slash != std::string_view::npos) subscription = percent_decoded(source.substr(slash + 1));
}

}  // namespace

std::string percent_encoded(std::string_view text) {
  std::string made;
  made.reserve(text.size());
  for (const char c : text) {
    if (stays(c)) {
      made += c;
    } else {
      constexpr std::string_view digits = "0123456789ABCDEF";
      const auto byte = static_cast<unsigned char>(c);
      made.append(1, '%').append(1, digits[byte >> 4U]).append(1, digits[byte & 15U]);
    }
  }
  return made;
}

std::string percent_decoded(std::string_view text) {
  std::string made;
  made.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned byte = 0;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(text.data() + i + 1, text.data() + i + 3, byte, 16).ptr == text.data() + i + 3) {
      made += static_cast<char>(byte);
      i += 2;
    } else {
      made += text[i];
    }
  }
  return made;
}

headers encode(const event_record& event) {
  auto made = begin(event.id, event.module, event.subscription, event.subject, event.time);
  std::string own = "v=" + std::to_string(event.version);
  if (!event.command.is_none()) own.append(";c=").append(event.command.to_string());
  append_ids(own, 'p', event.parents);
  append_ids(own, 'l', event.linked);
  append_text(own, 'k', event.key);
  if (event.not_before) own.append(";n=").append(to_rfc3339(*event.not_before));
  if (has_others(event.headers)) own += ";h=1";
  made.emplace_back("evd", std::move(own));
  append_user(made, event.headers);
  return made;
}

headers encode(const command_record& command) {
  auto made = begin(command.id, command.module, {}, command.name, command.accepted_at);
  std::string own = command.mode == command_mode::durable ? "o=durable" : "o=inPlace";
  own.append(";t=").append(std::to_string(command.time_limit.count()));
  append_text(own, 'u', command.caller);
  append_text(own, 's', command.source);
  if (has_others(command.headers)) own += ";h=1";
  made.emplace_back("evd", std::move(own));
  append_user(made, command.headers);
  return made;
}

void add_retry(const port::retry_request& retry, headers& to) {
  const auto item = retry.event.to_string();
  to.front().second = item + '.' + retry.module + '.' + retry.subscription + '.' + std::to_string(retry.attempt);
  std::string own = "n=" + std::to_string(retry.attempt);
  own.append(";p=").append(std::to_string(retry.position.epoch)).append(1, ':');
  own.append(std::to_string(retry.position.sequence)).append(";d=").append(to_rfc3339(retry.due));
  if (retry.item.index() == 1) own.append(";i=command");
  to.emplace_back("evd-retry", std::move(own));
  to.emplace_back("evd-attempt", std::to_string(retry.attempt));
}

result<event_record> decode_event(const header_source& from, std::string_view data, std::string_view subject) {
  const auto what = "event " + std::string(subject);
  if (const auto content = from.find("content-type"); content && content->starts_with("application/cloudevents+json")) {
    return decode_structured(data, subject);
  }
  event_record event;
  const auto ce_id = from.find("ce-id");
  if (!ce_id) return unreadable(what, "the header ce-id is missing");
  const auto own = from.find("evd");
  if (const auto known = event_id::parse(*ce_id)) {
    event.id = *known;
  } else {
    event.id = foreign_id(*ce_id, from.find("ce-source").value_or(""));
  }
  event.subject = subject;
  if (const auto time = from.find("ce-time")) {
    const auto parsed = parse_rfc3339(*time);
    if (!parsed) return unreadable(what, "ce-time is '" + std::string(*time) + "'");
    event.time = *parsed;
  }
  event.module = module_of(subject);
  bool others = !own;
  if (own) {
    read_source(from.find("ce-source").value_or(""), event.module, event.subscription);
    std::string wrong;
    members(*own).each([&](char name, std::string_view value) {
      bool good = true;
      if (name == 'v') good = read_number(value, event.version) && event.version > 0;
      if (name == 'c') {
        const auto command = command_id::parse(value);
        good = command.has_value();
        if (command) event.command = *command;
      }
      if (name == 'p') good = read_ids(value, event.parents);
      if (name == 'l') good = read_ids(value, event.linked);
      if (name == 'k') event.key = percent_decoded(value);
      if (name == 'h') others = true;
      if (name == 'n') {
        const auto time = parse_rfc3339(value);
        good = time.has_value();
        if (time) event.not_before = *time;
      }
      if (!good) wrong = std::string(1, name) + '=' + std::string(value);
    });
    if (!wrong.empty()) return unreadable(what, "the header evd has '" + wrong + "'");
  }
  event.headers = read_user(from, others);
  event.data.text = data;
  if (!own) {
    // Written by somebody else: what is taken as JSON from here on has to be some.
    auto checked = check_json(data);
    if (!checked) return unreadable(what, checked.error().detail);
    event.data = *std::move(checked);
  }
  return event;
}

result<command_record> decode_command(const header_source& from, std::string_view data) {
  command_record command;
  const auto ce_id = command_id::parse(from.find("ce-id").value_or(""));
  if (!ce_id) return unreadable("command", "the header ce-id is missing or no id");
  command.id = *ce_id;
  command.name = percent_decoded(from.find("ce-type").value_or(""));
  const auto time = parse_rfc3339(from.find("ce-time").value_or(""));
  if (!time) return unreadable("command " + command.name, "the header ce-time is missing or no time");
  command.accepted_at = *time;
  std::string unused;
  read_source(from.find("ce-source").value_or(""), command.module, unused);
  const auto own = from.find("evd");
  if (!own) return unreadable("command " + command.name, "the header evd is missing");
  bool others = false;
  members(*own).each([&](char name, std::string_view value) {
    if (name == 'o') command.mode = value == "durable" ? command_mode::durable : command_mode::in_place;
    if (name == 't') {
      std::int64_t limit = 0;
      if (read_number(value, limit)) command.time_limit = std::chrono::milliseconds(limit);
    }
    if (name == 'u') command.caller = percent_decoded(value);
    if (name == 'h') others = true;
    if (name == 's') command.source = percent_decoded(value);
  });
  command.headers = read_user(from, others);
  command.input.text = data;
  return command;
}

std::optional<retry_head> decode_retry(const header_source& from) {
  const auto own = from.find("evd-retry");
  if (!own) return std::nullopt;
  retry_head head;
  bool good = true;
  members(*own).each([&](char name, std::string_view value) {
    if (name == 'n') good = good && read_number(value, head.attempt);
    if (name == 'i') head.is_command = value == "command";
    if (name == 'p') {
      const auto colon = value.find(':');
      good = good && colon != std::string_view::npos && read_number(value.substr(0, colon), head.position.epoch) &&
             read_number(value.substr(colon + 1), head.position.sequence);
    }
    if (name == 'd') {
      const auto due = parse_rfc3339(value);
      good = good && due.has_value();
      if (due) head.due = *due;
    }
  });
  if (!good) return std::nullopt;
  return head;
}

}  // namespace evd::broker_nats
