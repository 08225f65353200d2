#include "evd/testing/nats_server.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>

namespace evd::testing {

namespace {

using namespace std::chrono_literals;

constexpr auto patience = 20s;

std::string variable(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): tests set nothing
  return value != nullptr ? value : "";
}

bool runs(const std::string& program) {
  return !program.empty() && ::access(program.c_str(), X_OK) == 0;
}

std::string temporary_folder() {
  std::string pattern = std::filesystem::temp_directory_path() / "evd-nats-XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  return pattern;
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

// A port that was free a moment ago. The kernel gives the same one again only after many others.
std::uint16_t free_port() {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto address = loopback(0);
  socklen_t size = sizeof address;
  const bool bound = ::bind(descriptor, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                     ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  ::close(descriptor);
  if (!bound) throw std::runtime_error("no free port");
  return ntohs(address.sin_port);
}

// The server greets with its INFO line once it takes clients.
bool greets(std::uint16_t port) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval limit{1, 0};
  ::setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  auto address = loopback(port);
  char first[4] = {};
  const bool is_there = ::connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
                        ::recv(descriptor, first, sizeof first, MSG_WAITALL) == sizeof first;
  ::close(descriptor);
  return is_there && std::string(first, sizeof first) == "INFO";
}

}  // namespace

std::string nats_server::program() {
  const auto named = variable("EVD_TEST_NATS_SERVER");
  return runs(named) ? named : "";
}

std::string nats_server::oldest_program() {
  const auto named = variable("EVD_TEST_NATS_SERVER_OLDEST");
  return runs(named) ? named : "";
}

std::string nats_server::too_old_program() {
  const auto named = variable("EVD_TEST_NATS_SERVER_TOO_OLD");
  return runs(named) ? named : "";
}

std::string nats_server::why_not() {
  return "no nats-server: set EVD_TEST_NATS_SERVER to one of 2.12 or newer (./test brings it by itself)";
}

std::unique_ptr<nats_server> nats_server::start(const nats_server_options& options) {
  auto complete = options;
  if (complete.program.empty()) complete.program = program();
  if (!runs(complete.program)) return nullptr;
  std::unique_ptr<nats_server> made{new nats_server(std::move(complete))};
  made->run();
  return made;
}

nats_server::nats_server(nats_server_options options)
    : options_(std::move(options)), folder_(temporary_folder()), port_(free_port()) {
  write_configuration();
}

nats_server::~nats_server() {
  if (pid_ > 0) {
    ::kill(pid_, SIGCONT);
    end(SIGKILL);
  }
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void nats_server::write_configuration() const {
  std::ofstream file{folder_ + "/nats.conf"};
  file << "listen: \"127.0.0.1:" << port_ << "\"\n"
       << "server_name: evd_test\nlog_file: \"" << folder_ << "/nats.log\"\n";
  if (options_.jetstream) {
    file << "jetstream {\n  store_dir: \"" << folder_ << "/data\"\n" << options_.jetstream_more << "\n}\n";
  }
  file << options_.more << '\n';
}

void nats_server::run() {
  const auto configuration = folder_ + "/nats.conf";
  const auto parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("fork failed");
  if (child == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(126);
    const int nothing = ::open("/dev/null", O_RDWR);
    ::dup2(nothing, STDIN_FILENO);
    ::dup2(nothing, STDOUT_FILENO);
    ::dup2(nothing, STDERR_FILENO);
    ::execl(options_.program.c_str(), options_.program.c_str(), "-c", configuration.c_str(), nullptr);
    ::_exit(127);
  }
  pid_ = child;
  wait_until_ready();
}

void nats_server::wait_until_ready() {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (!greets(port_)) {
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) == pid_) {
      pid_ = -1;
      throw std::runtime_error("nats-server ended: " + end_of_log());
    }
    if (std::chrono::steady_clock::now() > until) {
      throw std::runtime_error("nats-server does not come up: " + end_of_log());
    }
    std::this_thread::sleep_for(5ms);
  }
}

std::string nats_server::end_of_log() const {
  std::ifstream file{folder_ + "/nats.log"};
  std::string all{std::istreambuf_iterator<char>{file}, {}};
  return all.size() > 1'000 ? all.substr(all.size() - 1'000) : all;
}

void nats_server::end(int signal) {
  if (pid_ <= 0) return;
  ::kill(pid_, signal);
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {}
  pid_ = -1;
}

void nats_server::stop() {
  end(SIGTERM);
}
void nats_server::kill() {
  end(SIGKILL);
}
void nats_server::pause() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGSTOP);
  int status = 0;
  while (::waitpid(pid_, &status, WUNTRACED) < 0 && errno == EINTR) {}
}
void nats_server::resume() {
  if (pid_ > 0) ::kill(pid_, SIGCONT);
}
void nats_server::restart() {
  run();
}
void nats_server::lose_data() {
  std::filesystem::remove_all(folder_ + "/data");
}

}  // namespace evd::testing
