#include "scene.hpp"

#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <stdexcept>

#include "core/ids.hpp"

namespace evd::test {
namespace {

using namespace std::chrono_literals;

timestamp before_noon(std::chrono::microseconds distance) {
  return parse_rfc3339(noon).value() - distance;
}

/// Takes deliveries one by one.
class taker {
 public:
  taker(port::log& log, const subscription_record& what)
      : part_(log.subscribe(what, [this](std::vector<port::delivery> arrived) { add(std::move(arrived)); }).value()) {}

  port::delivery next() {
    part_->request(1);
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, 20s, [&] { return !queue_.empty(); })) throw std::runtime_error("no delivery came");
    auto first = std::move(queue_.front());
    queue_.pop_front();
    return first;
  }

  ~taker() {
    std::promise<void> stopped;
    part_->stop([&] { stopped.set_value(); });
    stopped.get_future().wait();
  }
  taker(const taker&) = delete;
  taker& operator=(const taker&) = delete;

 private:
  void add(std::vector<port::delivery> arrived) {
    const std::lock_guard lock(mutex_);
    for (auto& each : arrived) queue_.push_back(std::move(each));
    changed_.notify_one();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<port::delivery> queue_;
  std::unique_ptr<port::consumer> part_;
};

command_record command(const std::string& name, const std::string& input, timestamp at, std::uint64_t random) {
  command_record made;
  made.id = core::fresh_command_id(at, random);
  made.name = name;
  made.module = "User";
  made.input = {input};
  made.caller = "ada";
  made.source = "http";
  made.accepted_at = at;
  made.time_limit = 60s;
  return made;
}

event_record event(const command_record& of, const std::string& subject, std::vector<id> parents,
                   const std::string& data, timestamp at) {
  event_record made;
  made.subject = subject;
  made.command = of.id;
  made.parents = std::move(parents);
  made.module = subject.substr(0, subject.find('.'));
  made.time = at;
  made.data = {data};
  std::vector<event_record> one{std::move(made)};
  core::assign_ids(one);
  return one.front();
}

command_outcome_record ended(const command_record& of, command_status status, timestamp at) {
  command_outcome_record made;
  made.command = of.id;
  made.module = of.module;
  made.name = of.name;
  made.status = status;
  made.ended_at = at;
  made.duration = 12ms;
  made.instance = "host-1:4711";
  return made;
}

void blog_follows(port::log& log, const event_record& updated, const event_record& followed) {
  taker blog(log, subscription("Blog", "updateAuthor", "User.nameUpdated"));
  const auto given = blog.next();
  outcome_record outcome{updated.id, updated.command,         updated.subject, "Blog",        "updateAuthor",
                         1,          before_noon(4min + 59s), 3400us,          {followed.id}, "host-1:4711"};
  port::write what;
  what.events.push_back(followed);
  what.journal.emplace_back(std::move(outcome));
  what.acknowledged.push_back(given.token);
  commit(log, std::move(what));
}

const failure test_error{"std::runtime_error", "Test Error!!", ""};

void comment_fails(port::log& log, const event_record& updated) {
  taker comment(log, subscription("Comment", "updateUser", "User.nameUpdated"));
  for (std::uint32_t number = 1; number <= 5; ++number) {
    const auto given = comment.next();
    const auto at = before_noon(std::chrono::seconds(300 - 40 * number));
    attempt_record attempt{updated.id, updated.command, updated.subject, "Comment",    "updateUser", number, test_error,
                           at,         900us,           std::nullopt,    "host-1:4711"};
    port::write what;
    if (number < 5) attempt.retry_at = at + 40s;
    what.journal.emplace_back(attempt);
    if (number < 5) {
      what.retries.push_back({updated.id, updated.command, "Comment", "updateUser", number + 1, at + 40s});
    } else {
      what.journal.emplace_back(dead_letter_record{core::derive_dead_letter_id(updated.id, "Comment", "updateUser"),
                                                   updated.id, updated.command, updated.subject, "Comment",
                                                   "updateUser", 5, dead_letter_reason::attempts_exhausted, test_error,
                                                   at, "host-1:4711"});
    }
    what.acknowledged.push_back(given.token);
    commit(log, std::move(what));
  }
}

void register_subscriptions(port::log& log) {
  port::write what;
  what.journal.emplace_back(subscription("Blog", "updateAuthor", "User.nameUpdated"));
  what.journal.emplace_back(subscription("Comment", "updateUser", "User.nameUpdated"));
  what.journal.emplace_back(subscription("Blog", "count", "Blog.postRead"));
  what.journal.emplace_back(subscription("User", "userRegister", "userRegister", subscription_kind::command));
  commit(log, std::move(what));
}

}  // namespace

std::unique_ptr<assembly::engine> open(const std::string& path) {
  config settings;
  settings.broker = "embedded:" + path;
  settings.durability = durability::process;
  return assembly::open_engine(settings, assembly::open_mode::application).value();
}

port::receipt commit(port::log& log, port::write what) {
  std::promise<result<port::receipt>> promise;
  auto written = promise.get_future();
  log.commit(std::move(what), [&](result<port::receipt> answer) { promise.set_value(std::move(answer)); });
  return written.get().value();
}

subscription_record subscription(const std::string& module, const std::string& name, const std::string& filter,
                                 subscription_kind kind) {
  subscription_record made;
  made.module = module;
  made.name = name;
  made.filters = {filter};
  made.kind = kind;
  made.ack_wait = 30s;
  made.time_limit = 10min;
  made.concurrency = 16;
  made.registered_at = before_noon(24h);
  return made;
}

scene_ids play(port::log& log) {
  register_subscriptions(log);
  const auto rename = command("userUpdateNames", R"({"userId":"u1","firstName":"Ada","lastName":"Lovelace"})",
                              before_noon(5min), 0x28c902f133004b01);
  const auto updated = event(rename, "User.nameUpdated", {rename.id},
                             R"({"userId":"u1","firstName":"Ada","lastName":"Lovelace"})", before_noon(5min));
  auto followed = event(rename, "Blog.userUpdated", {updated.id}, R"({"userId":"u1"})", before_noon(4min + 59s));
  followed.subscription = "updateAuthor";
  port::write begin;
  begin.commands.push_back(rename);
  begin.events.push_back(updated);
  auto outcome = ended(rename, command_status::succeeded, before_noon(5min));
  outcome.result = {R"({"userId":"u1"})"};
  outcome.published = {updated.id};
  begin.journal.emplace_back(std::move(outcome));
  commit(log, std::move(begin));
  blog_follows(log, updated, followed);
  comment_fails(log, updated);

  const auto refuse = command("userRegister", R"({"email":"ada"})", before_noon(2min), 0x28c902f133004b02);
  const auto read = command("postRead", R"({"postId":"p1"})", before_noon(90s), 0x28c902f133004b03);
  const auto waiting = event(read, "Blog.postRead", {read.id}, R"({"postId":"p1"})", before_noon(90s));
  auto refusal = ended(refuse, command_status::rejected, before_noon(2min));
  refusal.failure = failure{"evd::rejected", "'ada' is no e-mail address", ""};
  port::write rest;
  rest.commands = {refuse, read};
  rest.events = {waiting};
  rest.journal = {refusal, ended(read, command_status::succeeded, before_noon(90s))};
  commit(log, std::move(rest));
  const taker registered(log, subscription("Blog", "count", "Blog.postRead"));
  return {rename.id,   refuse.id,  updated.id,
          followed.id, waiting.id, core::derive_dead_letter_id(updated.id, "Comment", "updateUser")};
}

void publish_many(port::log& log, std::size_t count) {
  const auto import = command("import", "{}", before_noon(1h), 0x28c902f133004b04);
  port::write what;
  what.commands.push_back(import);
  for (std::size_t i = 0; i < count; ++i) {
    what.events.push_back(event(import, "Import.rowRead", {import.id},
                                R"({"row":)" + std::to_string(i) + R"(,"text":")" + std::string(100, 'x') + "\"}",
                                before_noon(1h)));
  }
  commit(log, std::move(what));
}

}  // namespace evd::test
