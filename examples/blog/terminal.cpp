#include "terminal.hpp"

#include <algorithm>
#include <cstdio>

namespace {

constexpr std::size_t events_remembered = 10'000;
constexpr std::size_t lines_remembered = 100;

std::string message_of(const std::exception_ptr& why) {
  try {
    std::rethrow_exception(why);
  } catch (const std::exception& thrown) {
    return thrown.what();
  } catch (...) {
    return "unknown";
  }
}

/// `User.nameUpdated` as `User-nameUpdated`.
std::string with_dash(std::string_view subject) {
  std::string text(subject);
  if (const auto dot = text.find('.'); dot != std::string::npos) text[dot] = '-';
  return text;
}

}  // namespace

void terminal::watch(evd::app& app) {
  // Around every handler: the event is shown before anyone's first attempt, and a failure after each.
  app.use(
      [this](const evd::invocation& call, const std::function<void(evd::handler_done)>& next, evd::handler_done done) {
        if (call.what != evd::invocation::kind::event) return next(std::move(done));
        event(*call.context.record());
        next([this, call, done = std::move(done)](const std::exception_ptr& why) {
          if (why) failed(call, why);
          done(why);
        });
      });
  // Events that nobody else handles are shown too.
  app.module("Terminal")
      .on_subject(">", "show", evd::options{.start = evd::start_at::now},
                  [](const evd::event_record&, evd::context&) {});
  app.on_dead_letter([this](const evd::dead_letter_record&) { print("Error added to dead letter queue"); });
}

void terminal::show_from_now_on() {
  const std::lock_guard lock(mutex_);
  shown_ = true;
}

void terminal::wait_for(const std::string& line) {
  std::unique_lock lock(mutex_);
  shown_line_.wait_for(lock, std::chrono::seconds(5),
                       [&] { return std::find(lines_.begin(), lines_.end(), line) != lines_.end(); });
}

void terminal::event(const evd::event_record& record) {
  const std::lock_guard lock(mutex_);
  if (events_.size() > events_remembered) events_.clear();
  if (events_.insert(record.id).second && shown_) print_locked("Event! - [" + with_dash(record.subject) + "]");
}

void terminal::failed(const evd::invocation& call, const std::exception_ptr& why) {
  print("Failed " + std::to_string(call.context.attempt()) + " times, clientGroup: " + call.module +
        ", errMsg: " + message_of(why) + " eventId:" + call.context.record()->id.to_string());
}

void terminal::print(const std::string& line) {
  const std::lock_guard lock(mutex_);
  print_locked(line);
}

void terminal::print_locked(const std::string& line) {
  std::printf("%s\n", line.c_str());
  std::fflush(stdout);
  lines_.push_back(line);
  if (lines_.size() > lines_remembered) lines_.pop_front();
  shown_line_.notify_all();
}
