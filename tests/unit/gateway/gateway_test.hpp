#pragma once
/// A gateway on a free port in front of a small command service.

#include <gtest/gtest.h>

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include <evd/json.hpp>

#include "client.hpp"
#include "gateway/http/http_gateway.hpp"

namespace evd::test {

struct person {
  std::string name;
  std::optional<int> age;
  std::vector<std::string> tags;
  std::optional<bool> active;
};

/// Commands: `register` (answers with its input), `wait` (ends when the test lets it), `order` (durable), `refuse`
/// (fails with `failure`). Queries: `people` (answers with its input).
class people_service : public runtime::command_service {
 public:
  people_service() {
    for (const auto* name : {"register", "wait", "order", "refuse", "people"}) {
      command_definition made;
      made.name = name;
      made.input = &table_of<person>();
      made.output = &table_of<person>();
      made.query = made.name == "people";
      made.options.durable = made.name == "order";
      definitions_.emplace(name, std::move(made));
    }
  }
  ~people_service() override {
    let_go();
    for (auto& thread : threads_) thread.join();
  }

  void call(runtime::call_request request, std::function<void(result<command_reply>)> done) override {
    const std::lock_guard lock(mutex_);
    threads_.emplace_back([this, request, done] { done(run(request)); });
    calls_.push_back(std::move(request));
    changed_.notify_all();
  }
  const command_definition* find(std::string_view name) const override {
    const auto found = definitions_.find(name);
    return found == definitions_.end() ? nullptr : &found->second;
  }
  std::vector<const command_definition*> all() const override {
    std::vector<const command_definition*> every;
    for (const auto& [name, definition] : definitions_) every.push_back(&definition);
    return every;
  }
  result<void> ready() const override {
    const std::lock_guard lock(mutex_);
    if (!is_ready) return error{errc::unavailable, "ready", "the recorder is behind", "", {}};
    return {};
  }

  /// Ends what runs `wait`, now and later.
  void let_go() {
    const std::lock_guard lock(mutex_);
    waiting_ = false;
    changed_.notify_all();
  }
  std::vector<runtime::call_request> wait_for_calls(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(10), [&] { return calls_.size() >= count; });
    return calls_;
  }

  error failure{errc::rejected, "refuse", "the name is taken", "choose another", {{"/name", "is taken"}}};
  bool is_ready = true;
  command_id id{evd::id{{0x62, 0x23, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}}};

 private:
  result<command_reply> run(const runtime::call_request& request) {
    auto input = from_json<person>(request.input);
    if (!input) return std::move(input).error();
    if (request.name == "refuse") return failure;
    if (request.name == "wait") {
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, std::chrono::seconds(20), [&] { return !waiting_; });
    }
    command_reply reply;
    if (request.name != "people") reply.id = id;
    if (request.name == "order" || request.durable) {
      reply.status = command_status::accepted;
      reply.result = "null";
    } else {
      reply.result = to_json(*input);
    }
    return reply;
  }

  std::map<std::string, command_definition, std::less<>> definitions_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<runtime::call_request> calls_;
  std::vector<std::thread> threads_;
  bool waiting_ = true;
};

class quiet_log : public log_sink {
 public:
  void write(log_level, std::string_view, const std::vector<log_field>&) override {}
};

class gateway_test : public testing::Test {
 protected:
  void start(gateway::http_options options = {}) {
    options.address = "127.0.0.1:0";
    auto made = gateway::http_gateway::start(std::move(options), service, log);
    ASSERT_TRUE(made) << made.error().to_string();
    server = std::move(*made);
  }
  std::string address() const { return server->address(); }

  /// One request on a connection of its own.
  response ask(std::string_view method, std::string_view target, std::string_view body = "",
               std::string_view headers = "") {
    client one(address());
    one.send(request(method, target, body, headers));
    auto got = one.read(method != "HEAD");
    EXPECT_TRUE(got) << "no answer to " << method << ' ' << target;
    return got.value_or(response{});
  }

  quiet_log log;
  people_service service;
  std::unique_ptr<gateway::http_gateway> server;
};

}  // namespace evd::test
