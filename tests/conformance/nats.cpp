// The log on NATS JetStream against the suite, on the newest server and the oldest one that is supported.

#include <evd/testing/log_suite.hpp>
#include <evd/testing/nats_server.hpp>

#include "broker/nats/nats_log.hpp"

namespace evd::testing {
namespace {

// One server for all tests of a program; each place is a namespace of its own.
nats_server* shared_server(const std::string& program) {
  static std::map<std::string, std::unique_ptr<nats_server>> servers;
  auto& server = servers[program];
  if (!server) server = nats_server::start({.program = program});
  return server.get();
}

class nats_place final : public log_place {
 public:
  explicit nats_place(nats_server& server) : server_(server) {}

  std::unique_ptr<opened_log> open() override {
    class opening final : public opened_log {
     public:
      explicit opening(std::unique_ptr<port::log> log) : log_(std::move(log)) {}
      port::log& log() override { return *log_; }

     private:
      std::unique_ptr<port::log> log_;
    };
    auto log = broker_nats::open_nats({.urls = {server_.url()}, .name_space = name_space_});
    if (!log) throw failure_exception(std::move(log).error());
    return std::make_unique<opening>(*std::move(log));
  }

 private:
  nats_server& server_;
  const std::string name_space_ = "t" + fresh_id().to_string();
};

log_case on(const std::string& name, const std::string& program) {
  return {name,
          [program]() -> std::unique_ptr<log_place> {
            auto* server = program.empty() ? nullptr : shared_server(program);
            return server != nullptr ? std::make_unique<nats_place>(*server) : nullptr;
          },
          {.is_its_own_store = false, .why_not = nats_server::why_not()}};
}

INSTANTIATE_TEST_SUITE_P(nats, log_suite,
                         ::testing::Values(on("newest", nats_server::program()),
                                           on("oldest", nats_server::oldest_program())),
                         log_case_name);

}  // namespace
}  // namespace evd::testing
