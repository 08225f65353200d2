#pragma once
/// An OTLP/HTTP collector on a free port of the loopback interface. It reads every request strictly (an unknown field,
/// a wrong type or a malformed id is a failure of the test) and keeps what it was sent.

#include <gtest/gtest.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <evd/json.hpp>

namespace evd::tests {

struct otlp_value {
  std::optional<std::string> string_value;
  std::optional<std::int64_t> int_value;
  std::optional<bool> bool_value;
};
struct otlp_attribute {
  std::string key;
  otlp_value value;
};
struct otlp_event {
  std::string time_unix_nano;
  std::string name;
  std::vector<otlp_attribute> attributes;
};
struct otlp_link {
  std::string trace_id;
  std::string span_id;
  std::vector<otlp_attribute> attributes;
  std::uint32_t flags = 0;
};
struct otlp_status {
  int code = 0;
  std::string message;
};
struct otlp_span {
  std::string trace_id;
  std::string span_id;
  std::uint32_t flags = 0;
  std::optional<std::string> trace_state;
  std::optional<std::string> parent_span_id;
  std::string name;
  int kind = 0;
  std::string start_time_unix_nano;
  std::string end_time_unix_nano;
  std::vector<otlp_attribute> attributes;
  std::vector<otlp_event> events;
  std::optional<int> dropped_events_count;
  std::vector<otlp_link> links;
  std::optional<int> dropped_links_count;
  std::optional<otlp_status> status;

  /// An attribute as text; empty: it is not there.
  [[nodiscard]] std::string attribute(std::string_view key) const { return text_of(attributes, key); }
  [[nodiscard]] static std::string text_of(const std::vector<otlp_attribute>& all, std::string_view key) {
    for (const auto& one : all) {
      if (one.key != key) continue;
      if (one.value.string_value) return *one.value.string_value;
      if (one.value.int_value) return std::to_string(*one.value.int_value);
      if (one.value.bool_value) return *one.value.bool_value ? "true" : "false";
    }
    return {};
  }
};
struct otlp_scope {
  std::string name;
  std::string version;
};
struct otlp_scope_spans {
  otlp_scope scope;
  std::vector<otlp_span> spans;
};
struct otlp_resource {
  std::vector<otlp_attribute> attributes;
};
struct otlp_resource_spans {
  otlp_resource resource;
  std::vector<otlp_scope_spans> scope_spans;
};
struct otlp_request {
  std::vector<otlp_resource_spans> resource_spans;
};

class collector {
 public:
  using tcp = boost::asio::ip::tcp;
  struct answer {
    int status = 200;
    std::string body = "{}";
    std::string retry_after{};
  };
  struct received_request {
    std::string target;
    std::map<std::string, std::string> headers;  ///< names in lower case
    otlp_request body;
  };

  explicit collector(unsigned short port = 0)
      : acceptor_(io_, tcp::endpoint(boost::asio::ip::address_v4::loopback(), port)),
        port_(acceptor_.local_endpoint().port()),
        thread_([this] { serve(); }) {}
  ~collector() {
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
      if (socket_ != nullptr) {
        boost::system::error_code ignored;
        socket_->shutdown(tcp::socket::shutdown_both, ignored);
      }
    }
    // Wakes the thread out of accept.
    boost::system::error_code ignored;
    tcp::socket knock(io_);
    knock.connect({boost::asio::ip::address_v4::loopback(), port_}, ignored);
    thread_.join();
  }
  collector(const collector&) = delete;
  collector& operator=(const collector&) = delete;

  [[nodiscard]] unsigned short port() const { return port_; }
  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

  /// What the next requests are answered with; after the last one 200.
  void answer_next(std::vector<answer> answers) {
    const std::lock_guard lock(mutex_);
    answers_ = std::move(answers);
  }

  /// All spans taken (answered with 200) so far, once `enough` is true of them; fails the test after ten seconds.
  std::vector<otlp_span> wait_for(const std::function<bool(const std::vector<otlp_span>&)>& enough) {
    std::unique_lock lock(mutex_);
    const bool came = changed_.wait_for(lock, std::chrono::seconds(20), [&] { return enough(spans_); });
    EXPECT_TRUE(came) << "only " << spans_.size() << " spans came: " << names(spans_);
    return spans_;
  }
  std::vector<otlp_span> wait_for_spans(std::size_t count) {
    return wait_for([count](const auto& all) { return all.size() >= count; });
  }
  std::vector<received_request> wait_for_requests(std::size_t count) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, std::chrono::seconds(20), [&] { return requests_.size() >= count; }));
    return requests_;
  }
  static std::string names(const std::vector<otlp_span>& all) {
    std::string text;
    for (const auto& one : all) text += (text.empty() ? "" : ", ") + one.name;
    return text;
  }

 private:
  void serve() {
    while (true) {
      auto socket = std::make_shared<tcp::socket>(io_);
      boost::system::error_code failed;
      acceptor_.accept(*socket, failed);
      {
        const std::lock_guard lock(mutex_);
        if (ending_ || failed) return;
        socket_ = socket;
      }
      talk(*socket);
      const std::lock_guard lock(mutex_);
      socket_.reset();
      if (ending_) return;
    }
  }

  void talk(tcp::socket& socket) {
    namespace http = boost::beast::http;
    boost::beast::flat_buffer buffer;
    while (true) {
      http::request_parser<http::string_body> parser;
      parser.body_limit(64U << 20U);
      boost::system::error_code failed;
      http::read(socket, buffer, parser, failed);
      if (failed) return;
      const auto said = take(parser.get());
      http::response<http::string_body> reply;
      reply.version(11);
      reply.result(static_cast<unsigned>(said.status));
      reply.set(http::field::content_type, "application/json");
      if (!said.retry_after.empty()) reply.set(http::field::retry_after, said.retry_after);
      reply.body() = said.body;
      reply.prepare_payload();
      http::write(socket, reply, failed);
      if (failed) return;
    }
  }

  answer take(const boost::beast::http::request<boost::beast::http::string_body>& request) {
    received_request made;
    made.target = request.target();
    for (const auto& field : request) {
      std::string name(field.name_string());
      for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      made.headers[name] = field.value();
    }
    auto read = from_json<otlp_request>(request.body());
    EXPECT_TRUE(read) << (read ? "" : read.error().to_string()) << '\n' << request.body();
    if (read) made.body = *std::move(read);
    const std::lock_guard lock(mutex_);
    answer said;
    if (!answers_.empty()) {
      said = answers_.front();
      answers_.erase(answers_.begin());
    }
    if (said.status == 200) keep(made.body);
    requests_.push_back(std::move(made));
    changed_.notify_all();
    return said;
  }

  void keep(const otlp_request& body) {
    for (const auto& resource : body.resource_spans) {
      for (const auto& scope : resource.scope_spans) {
        for (const auto& span : scope.spans) {
          check(span);
          spans_.push_back(span);
        }
      }
    }
  }

  static void check(const otlp_span& span) {
    const auto is_hex = [](const std::string& text, std::size_t length) {
      return text.size() == length && text.find_first_not_of("0123456789abcdef") == std::string::npos &&
             text.find_first_not_of('0') != std::string::npos;
    };
    EXPECT_TRUE(is_hex(span.trace_id, 32)) << span.trace_id;
    EXPECT_TRUE(is_hex(span.span_id, 16)) << span.span_id;
    EXPECT_TRUE(!span.parent_span_id || is_hex(*span.parent_span_id, 16)) << span.name;
    EXPECT_LE(std::stoull(span.start_time_unix_nano), std::stoull(span.end_time_unix_nano)) << span.name;
    EXPECT_GE(span.kind, 1);
    EXPECT_LE(span.kind, 5);
    EXPECT_EQ(span.flags & 1U, 1U) << "only sampled spans are exported";
  }

  boost::asio::io_context io_;
  tcp::acceptor acceptor_;
  unsigned short port_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  bool ending_ = false;
  std::shared_ptr<tcp::socket> socket_;
  std::vector<answer> answers_;
  std::vector<received_request> requests_;
  std::vector<otlp_span> spans_;
  std::thread thread_;
};

}  // namespace evd::tests
