#include "gateway/http/dispatch.hpp"

#include <atomic>
#include <exception>

#include "gateway/http/problem.hpp"

namespace evd::gateway {

namespace {

/// Gives an answer once, and one of its own when the last copy goes without. Keeps the request until then.
class pending {
 public:
  pending(std::shared_ptr<http_request> request, answer reply)
      : request_(std::move(request)), reply_(std::move(reply)) {}
  pending(const pending&) = delete;
  pending& operator=(const pending&) = delete;
  ~pending() {
    if (!given_) fail("the request was dropped without an answer");
  }

  void give(http_response response) {
    if (!given_.exchange(true)) reply_(std::move(response));
  }
  void fail(const char* what) { give(to_problem(error{errc::internal, "answer request", what, "", {}})); }

  http_request& request() { return *request_; }

 private:
  std::shared_ptr<http_request> request_;
  answer reply_;
  std::atomic<bool> given_ = false;
};

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

void run(const route& found, const std::shared_ptr<pending>& waiting, log_sink& log) {
  try {
    found.handle(waiting->request(), [waiting](http_response response) { waiting->give(std::move(response)); });
  } catch (const std::exception& thrown) {
    // What it says may not be for the caller's eyes.
    log.write(log_level::error, "a route threw an exception", {{"path", found.path}, {"what", thrown.what()}});
    waiting->fail("the request could not be handled");
  } catch (...) {
    log.write(log_level::error, "a route threw an exception", {{"path", found.path}});
    waiting->fail("the request could not be handled");
  }
}

/// Whether the caller is known to be somebody or nobody; otherwise the answer has been given.
bool authenticate(const authenticator& who, const std::shared_ptr<pending>& waiting, log_sink& log) {
  try {
    auto name = who(waiting->request().header("authorization"));
    if (!name) {
      waiting->give(to_problem(name.error()));
      return false;
    }
    waiting->request().caller = std::move(*name);
    return true;
  } catch (const std::exception& thrown) {
    log.write(log_level::error, "the authenticator threw an exception", {{"what", thrown.what()}});
    waiting->fail("the caller could not be authenticated");
    return false;
  }
}

}  // namespace

void dispatch(server_core& server, std::shared_ptr<http_request> request, answer reply) {
  const auto waiting = std::make_shared<pending>(std::move(request), std::move(reply));
  const http_request& asked = waiting->request();
  if (asked.path == "*") return waiting->give({.status = 204, .content_type = "", .body = "", .headers = {}});
  auto [found, allowed] = server.routes.find(asked.method, asked.path);
  if (allowed.empty()) {
    return waiting->give(to_problem(
        error{errc::not_found, "find route", "there is nothing at " + asked.path, "GET / lists what there is", {}}));
  }
  if (asked.method == "OPTIONS") {
    return waiting->give({.status = 204, .content_type = "", .body = "", .headers = {{"Allow", joined(allowed)}}});
  }
  if (!found) {
    auto refused = to_problem(error{errc::method_not_allowed,
                                    "find route",
                                    asked.path + " does not take " + asked.method,
                                    "it takes " + joined(allowed),
                                    {}});
    refused.headers.emplace_back("Allow", joined(allowed));
    return waiting->give(std::move(refused));
  }
  waiting->request().route = found->path;
  if (asked.method == "HEAD") waiting->request().method = "GET";

  const bool asks = server.options.authenticator && found->caller == caller_is::asked;
  if (!asks && found->where == run_on::network) return run(*found, waiting, server.log);
  boost::asio::post(server.workers, [&server, found = std::move(found), waiting, asks] {
    if (!asks || authenticate(server.options.authenticator, waiting, server.log)) run(*found, waiting, server.log);
  });
}

}  // namespace evd::gateway
