#include "broker/embedded/peers.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "sqlite/error.hpp"

namespace evd::broker_embedded {
namespace {

std::string presence_path(const std::string& folder, std::uint32_t number) {
  return folder + '/' + std::to_string(number);
}

std::string made(const std::string& folder) {
  if (::mkdir(folder.c_str(), 0777) != 0 && errno != EEXIST) {
    throw failure_exception(sqlite::translate_errno(errno, "make folder", folder));
  }
  return folder;
}

// Somebody who found the file free may have removed it just before we locked it: then it is made again.
std::unique_ptr<sqlite::file_lock> locked_presence(const std::string& path) {
  for (;;) {
    auto lock = std::make_unique<sqlite::file_lock>(path);
    lock->lock();
    struct ::stat named {};
    struct ::stat held {};
    if (::stat(path.c_str(), &named) == 0 && ::fstat(lock->descriptor(), &held) == 0 && named.st_ino == held.st_ino) {
      return lock;
    }
  }
}

// Numbers are never given twice, so what the dead left can go at any time; but not what is being made just now.
bool remove_if_dead(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return true;
  const bool dead = ::flock(descriptor, LOCK_SH | LOCK_NB) == 0;
  if (dead) {
    ::unlink((path + ".sock").c_str());
    ::unlink(path.c_str());
  }
  ::close(descriptor);
  return dead;
}

// A socket's address holds 107 bytes; by way of the folder's descriptor any path fits.
sockaddr_un address_of(int folder, std::uint32_t number) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto path = "/proc/self/fd/" + std::to_string(folder) + '/' + std::to_string(number) + ".sock";
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  return address;
}

int open_process(const std::string& folder, std::uint32_t number) {
  const auto name = peer_name(folder, number);
  const int pid = std::atoi(name.c_str());
  // In another container the number means somebody else: then only the lock tells, once a second.
  return pid > 0 && pid != ::getpid() ? static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)) : -1;
}

}  // namespace

bool is_peer_alive(const std::string& folder, std::uint32_t number) {
  return sqlite::file_lock::is_held(presence_path(folder, number));
}

std::string peer_name(const std::string& folder, std::uint32_t number) {
  std::ifstream file{presence_path(folder, number)};
  std::string name;
  std::getline(file, name);
  return name;
}

peers::peers(std::string folder, std::uint32_t number, const std::string& name)
    : folder_(made(folder)), number_(number), presence_(locked_presence(presence_path(folder_, number))) {
  const auto text = std::to_string(::getpid()) + ' ' + name + '\n';
  if (::pwrite(presence_->descriptor(), text.data(), text.size(), 0) < 0) {
    throw failure_exception(sqlite::translate_errno(errno, "write presence", presence_->path()));
  }
  folder_descriptor_ = ::open(folder_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const auto address = address_of(folder_descriptor_, number_);
  if (::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {  // NOLINT
    // A file system without sockets: the others look once a second by themselves.
  }
}

peers::~peers() {
  std::error_code ignored;
  std::filesystem::remove(presence_path(folder_, number_) + ".sock", ignored);
  std::filesystem::remove(presence_path(folder_, number_), ignored);
  presence_->unlock();
  wake();
  for (const auto& other : others_) {
    if (other.process >= 0) ::close(other.process);
  }
  ::close(socket_);
  ::close(folder_descriptor_);
}

void peers::refresh() {
  std::vector<std::uint32_t> alive;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator{folder_, ignored}) {
    const auto file = entry.path().filename().string();
    std::uint32_t number = 0;
    const auto [end, problem] = std::from_chars(file.data(), file.data() + file.size(), number);
    if (problem != std::errc{} || end != file.data() + file.size() || number == number_) continue;
    if (!remove_if_dead(entry.path().string())) alive.push_back(number);
  }
  const std::lock_guard hold{mutex_};
  std::erase_if(others_, [&](const peer& other) {
    if (std::find(alive.begin(), alive.end(), other.number) != alive.end()) return false;
    if (other.process >= 0) ::close(other.process);
    return true;
  });
  for (const auto number : alive) {
    const bool known = std::any_of(others_.begin(), others_.end(), [&](const peer& p) { return p.number == number; });
    if (!known) others_.push_back({number, open_process(folder_, number)});
  }
}

void peers::wake() {
  const std::lock_guard hold{mutex_};
  for (const auto& other : others_) {
    const auto address = address_of(folder_descriptor_, other.number);
    constexpr char look = 1;
    ::sendto(socket_, &look, 1, MSG_DONTWAIT | MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&address),  // NOLINT
             sizeof address);
  }
}

std::size_t peers::others() const {
  const std::lock_guard hold{mutex_};
  return others_.size();
}

void peers::drain() {
  char buffer[16];
  while (::recv(socket_, buffer, sizeof buffer, MSG_DONTWAIT) >= 0) {}
}

std::vector<int> peers::deaths() const {
  const std::lock_guard hold{mutex_};
  std::vector<int> descriptors;
  for (const auto& other : others_) {
    if (other.process >= 0) descriptors.push_back(other.process);
  }
  return descriptors;
}

}  // namespace evd::broker_embedded
