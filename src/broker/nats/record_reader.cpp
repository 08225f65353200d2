#include "broker/nats/record_reader.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <evd/json.hpp>

#include "broker/nats/bundle.hpp"
#include "broker/nats/header_view.hpp"

namespace evd::broker_nats {

namespace {

/// Of one answer, so that neither side has to hold more.
constexpr std::size_t most_bytes = 8U << 20U;

std::uint64_t after(const log_position& position, std::uint64_t epoch) {
  return position.epoch == epoch ? position.sequence + 1 : 1;
}

}  // namespace

stream_reader::stream_reader(connection& over, std::string stream, std::chrono::milliseconds timeout)
    : over_(over), subject_("$JS.API.DIRECT.GET." + stream), timeout_(timeout), inbox_(make_inbox()) {}

result<void> stream_reader::ask(std::uint64_t from, std::size_t limit) {
  if (!answers_) {
    auto made = over_.subscribe(inbox_ + ".*");
    if (!made) return made.error();
    answers_ = *std::move(made);
  }
  const auto body = fmt::format(R"({{"seq":{},"batch":{},"max_bytes":{}}})", from, limit, most_bytes);
  const auto reply = inbox_ + '.' + std::to_string(++number_);
  const auto status = over_.publish(subject_.c_str(), reply.c_str(), body);
  if (status != NATS_OK) return translate(status, "read log", subject_);
  return {};
}

result<stream_reader::page> stream_reader::read(std::uint64_t from, std::size_t limit) {
  if (auto asked = ask(from, limit); !asked) return asked.error();
  const auto mine = inbox_ + '.' + std::to_string(number_);
  page found;
  for (;;) {
    natsMsg* raw = nullptr;
    const auto status = natsSubscription_NextMsg(&raw, answers_.get(), timeout_.count());
    message answer{raw};
    if (status != NATS_OK) {
      // What has come is in order and whole.
      if (!found.messages.empty()) return found;
      return translate(status, "read log", subject_);
    }
    if (subject_of(answer.get()) != mine) continue;
    const auto code = status_of(answer.get());
    if (code == 204) return found;  // the end of the batch
    if (code == 404) {
      found.is_last = true;
      return found;
    }
    if (code == 503) return translate(NATS_NO_RESPONDERS, "read log", subject_);
    if (code != 0) {
      const auto text = header_of(answer.get(), "Description").value_or("");
      return translate(api_error{code, 0, std::string(text)}, "read log", subject_);
    }
    stored_message one;
    one.sequence = number_in<std::uint64_t>(header_of(answer.get(), "Nats-Sequence").value_or("")).value_or(0);
    one.subject = header_of(answer.get(), "Nats-Subject").value_or("");
    one.content = std::move(answer);
    found.messages.push_back(std::move(one));
  }
}

record_reader::record_reader(connection& over, const names& called, std::chrono::milliseconds timeout)
    : called_(called), log_(over, called.log_stream(), timeout), journal_(over, called.journal_stream(), timeout) {}

void record_reader::take_log(stored_message& from, std::uint64_t epoch, port::log_page& into) const {
  const log_position position{epoch, from.sequence};
  const header_view head{from.content.get()};
  const auto data = data_of(from.content.get());
  const auto add = [&](auto&& record, const char* kind) {
    if (record) {
      into.records.push_back({position, *std::forward<decltype(record)>(record)});
    } else {
      into.unreadable.push_back({position, kind, {to_json(std::string(data))}, record.error()});
    }
  };
  if (const auto subject = called_.rest_of(from.subject, "event")) {
    add(decode_event(head, data, *subject), "event");
  } else if (called_.rest_of(from.subject, "command")) {
    add(decode_command(head, data), "command");
  }
  // A retry says nothing new.
}

void record_reader::take_journal(stored_message& from, std::uint64_t epoch, port::log_page& into) const {
  const log_position position{epoch, from.sequence};
  auto content = read_bundle(data_of(from.content.get()));
  for (auto& record : content.records) into.records.push_back({position, std::move(record)});
  for (auto& line : content.unreadable) {
    into.unreadable.push_back({position, line.kind.empty() ? "journal" : line.kind, {to_json(line.line)}, line.why});
  }
}

result<port::log_page> record_reader::read(const log_cursor& from, std::size_t limit, std::uint64_t log_epoch,
                                           std::uint64_t journal_epoch) {
  const std::lock_guard hold{mutex_};
  port::log_page page{{}, {}, from};
  auto log = log_.read(after(from.log, log_epoch), limit);
  if (!log) return log.error();
  for (auto& each : log->messages) {
    take_log(each, log_epoch, page);
    page.upto.log = {log_epoch, each.sequence};
  }
  if (page.records.size() >= limit) return page;
  // A bundle holds hundreds of records: they are asked for a few at a time, and never parted.
  auto next = after(from.journal, journal_epoch);
  while (page.records.size() < limit) {
    const auto some = std::min<std::size_t>(limit - page.records.size(), 16);
    auto journal = journal_.read(next, some);
    if (!journal) return journal.error();
    if (journal->messages.empty()) break;
    for (auto& each : journal->messages) {
      if (page.records.size() >= limit) return page;
      take_journal(each, journal_epoch, page);
      page.upto.journal = {journal_epoch, each.sequence};
      next = each.sequence + 1;
    }
    if (journal->is_last) break;
  }
  return page;
}

}  // namespace evd::broker_nats
