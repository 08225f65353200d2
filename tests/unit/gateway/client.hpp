#pragma once
/// A client that sends bytes as they are, so that it can be as wrong as a test needs. Every wait ends after ten
/// seconds.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace evd::test {

struct response {
  int status = 0;
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;
};

class client {
 public:
  explicit client(const std::string& address) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const auto colon = address.rfind(':');
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(colon + 1))));
    inet_pton(AF_INET, address.substr(0, colon).c_str(), &where.sin_addr);
    const timeval patience{10, 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0) {
      throw std::runtime_error("cannot connect to " + address);
    }
  }
  client(const client&) = delete;
  client& operator=(const client&) = delete;
  ~client() { leave(); }

  /// Sends all of it; false when the server does not take it any more.
  bool send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  void close_sending() const { ::shutdown(socket_, SHUT_WR); }
  void leave() {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
  }

  /// The next answer; none when the connection ended before one was complete.
  std::optional<response> read(bool has_body = true) {
    const auto header_end = read_until("\r\n\r\n");
    if (!header_end) return std::nullopt;
    response made = parse_header(std::string_view(received_).substr(0, *header_end));
    received_.erase(0, *header_end + 4);
    if (const auto length = made.headers.find("content-length"); has_body && length != made.headers.end()) {
      const auto size = static_cast<std::size_t>(std::stoul(length->second));
      while (received_.size() < size) {
        if (!receive()) return std::nullopt;
      }
      made.body = received_.substr(0, size);
      received_.erase(0, size);
    }
    return made;
  }

  /// Waits for the end of the connection; what still came before it is dropped. False: it is open after ten seconds.
  bool is_closed_by_server() {
    while (receive()) {}
    return ended_;
  }

 private:
  static response parse_header(std::string_view text) {
    response made;
    made.status = std::atoi(std::string(text.substr(text.find(' ') + 1, 3)).c_str());
    for (auto at = text.find("\r\n"); at != std::string_view::npos;) {
      const auto end = text.find("\r\n", at + 2);
      const auto line = text.substr(at + 2, end == std::string_view::npos ? end : end - at - 2);
      std::string name(line.substr(0, line.find(':')));
      for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      made.headers[name] = line.substr(line.find(':') + 2);
      at = end;
    }
    return made;
  }

  std::optional<std::size_t> read_until(std::string_view mark) {
    std::size_t found;
    while ((found = received_.find(mark)) == std::string::npos) {
      if (!receive()) return std::nullopt;
    }
    return found;
  }

  bool receive() {
    char bytes[16384];
    const auto count = ::recv(socket_, bytes, sizeof bytes, 0);
    if (count > 0) received_.append(bytes, static_cast<std::size_t>(count));
    if (count == 0 || (count < 0 && errno == ECONNRESET)) ended_ = true;
    return count > 0;
  }

  int socket_;
  bool ended_ = false;
  std::string received_;
};

/// A request's text. `headers` are lines that end in CRLF.
inline std::string request(std::string_view method, std::string_view target, std::string_view body = "",
                           std::string_view headers = "") {
  std::string text =
      std::string(method) + ' ' + std::string(target) + " HTTP/1.1\r\nHost: test\r\n" + std::string(headers);
  if (!body.empty() && headers.find("Content-Type") == std::string_view::npos)
    text += "Content-Type: application/json\r\n";
  if (!body.empty() || method == "POST") text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  return text + "\r\n" + std::string(body);
}

}  // namespace evd::test
