#include <evd/testing/mongo_server.hpp>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>

namespace evd::testing {
namespace {

constexpr std::chrono::seconds longest_start{60};
constexpr std::chrono::seconds longest_stop{10};

struct kind_row {
  mongo_kind kind;
  std::string_view name;
  const char* variable;
};
constexpr std::array<kind_row, 3> rows{{{mongo_kind::mongod, "mongod", "EVD_TEST_MONGOD"},
                                        {mongo_kind::ferretdb, "ferretdb", "EVD_TEST_FERRETDB"},
                                        {mongo_kind::secantusdb, "secantusdb", "EVD_TEST_SECANTUSDB"}}};

const kind_row& row_of(mongo_kind kind) {
  return rows[static_cast<std::size_t>(kind)];
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

class tcp_socket {
 public:
  tcp_socket() : handle_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}
  tcp_socket(const tcp_socket&) = delete;
  tcp_socket& operator=(const tcp_socket&) = delete;
  ~tcp_socket() { ::close(handle_); }
  [[nodiscard]] int handle() const { return handle_; }

 private:
  int handle_;
};

std::uint16_t free_port() {
  const tcp_socket probe;
  auto address = loopback(0);
  socklen_t size = sizeof address;
  if (::bind(probe.handle(), reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
      ::getsockname(probe.handle(), reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("no free port on 127.0.0.1");
  }
  return ntohs(address.sin_port);
}

bool takes_connections(std::uint16_t port) {
  const tcp_socket probe;
  const auto address = loopback(port);
  return ::connect(probe.handle(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

std::string temporary_folder() {
  std::string pattern = std::filesystem::temp_directory_path() / "evd-mongo-XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  return pattern;
}

std::string last_words(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::string last;
  while (std::getline(file, line)) last = line;
  return last;
}

}  // namespace

std::string mongo_server::program(mongo_kind kind) {
  const char* path = std::getenv(row_of(kind).variable);  // NOLINT(concurrency-mt-unsafe): tests set nothing
  return path == nullptr || ::access(path, X_OK) != 0 ? std::string() : path;
}

std::string_view mongo_server::name(mongo_kind kind) {
  return row_of(kind).name;
}

std::vector<mongo_kind> mongo_server::kinds() {
  std::vector<mongo_kind> there;
  for (const auto& row : rows) {
    if (!program(row.kind).empty()) there.push_back(row.kind);
  }
  return there;
}

mongo_server::mongo_server(mongo_kind kind) : kind_(kind), folder_(temporary_folder()), port_(free_port()) {
  start();
}

mongo_server::~mongo_server() {
  if (runs()) kill();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::string mongo_server::uri(std::string_view database, std::string_view options) const {
  std::string text = "mongodb://127.0.0.1:" + std::to_string(port_) + '/';
  text += database;
  if (!options.empty()) text.append("?").append(options);
  return text;
}

std::vector<std::string> mongo_server::arguments() const {
  const auto path = program(kind_);
  const auto port = std::to_string(port_);
  const auto data = folder_ + "/data";
  switch (kind_) {
    case mongo_kind::mongod:
      return {path, "--bind_ip", "127.0.0.1", "--port", port, "--dbpath", data};
    case mongo_kind::ferretdb:
      return {path, "-listen", "127.0.0.1:" + port, "-folder", data};
    case mongo_kind::secantusdb:
      return {path, "--host", "127.0.0.1", "--port", port, "--storage-path", data, "--enable-test-commands"};
  }
  return {};
}

void mongo_server::start() {
  std::filesystem::create_directories(folder_ + "/data");
  auto words = arguments();
  std::vector<char*> pointers;
  for (auto& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  const auto log = folder_ + "/log";
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  posix_spawn_file_actions_adddup2(&files, STDOUT_FILENO, STDERR_FILENO);
  const int failed = ::posix_spawn(&pid_, pointers[0], &files, nullptr, pointers.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  if (failed != 0) throw std::runtime_error("cannot start " + words[0]);
  await_connections();
}

void mongo_server::await_connections() {
  const auto until = std::chrono::steady_clock::now() + longest_start;
  while (!takes_connections(port_)) {
    if (!runs()) throw std::runtime_error(std::string(name(kind_)) + " has ended: " + last_words(folder_ + "/log"));
    if (std::chrono::steady_clock::now() > until)
      throw std::runtime_error(std::string(name(kind_)) + " does not listen");
    std::this_thread::sleep_for(std::chrono::milliseconds{20});  // between two looks at the condition
  }
}

bool mongo_server::runs() {
  if (pid_ > 0 && ::waitpid(pid_, nullptr, WNOHANG) == pid_) pid_ = -1;
  return pid_ > 0;
}

void mongo_server::wait() {
  if (pid_ > 0) ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

void mongo_server::stop() {
  if (pid_ > 0) ::kill(pid_, SIGTERM);
  const auto until = std::chrono::steady_clock::now() + longest_stop;
  while (runs() && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(std::chrono::milliseconds{20});  // between two looks at the condition
  }
  kill();
}

void mongo_server::kill() {
  if (pid_ > 0) ::kill(pid_, SIGKILL);
  wait();
}

void mongo_server::pause() const {
  if (pid_ > 0) ::kill(pid_, SIGSTOP);
}

void mongo_server::resume() const {
  if (pid_ > 0) ::kill(pid_, SIGCONT);
}

}  // namespace evd::testing
