#pragma once
/// The processes that have the file open: who lives, and waking them.
///
/// Each has a file `<file>-peers/<number>` on which it holds an flock for as long as it lives, and a Unix datagram
/// socket
/// `<number>.sock` beside it. SQLite wakes nobody in another process; a datagram does, and says no more than "look".
///
/// Threads: safe from any thread. Lifetime: leaving (the end of this object) wakes the others.

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "sqlite/file_lock.hpp"

namespace evd::broker_embedded {

/// Whether the peer's process still holds its lock.
[[nodiscard]] bool is_peer_alive(const std::string& folder, std::uint32_t number);
/// What the peer calls itself; empty when it is gone.
[[nodiscard]] std::string peer_name(const std::string& folder, std::uint32_t number);

class peers {
 public:
  peers(std::string folder, std::uint32_t number, const std::string& name);
  peers(const peers&) = delete;
  peers& operator=(const peers&) = delete;
  ~peers();

  /// Looks who is there, and removes what the dead have left behind.
  void refresh();
  /// Tells all others to look. Never waits.
  void wake();
  /// The number of living others, at the last `refresh`.
  [[nodiscard]] std::size_t others() const;

  /// Readable when somebody woke us.
  [[nodiscard]] int socket() const { return socket_; }
  void drain();
  /// Each becomes readable when that peer's process ends. Valid until `refresh`, which the same thread calls.
  [[nodiscard]] std::vector<int> deaths() const;

 private:
  struct peer {
    std::uint32_t number = 0;
    int process = -1;  // pidfd; -1 where there is none
  };
  const std::string folder_;
  const std::uint32_t number_;
  std::unique_ptr<sqlite::file_lock> presence_;
  int folder_descriptor_ = -1;
  int socket_ = -1;
  mutable std::mutex mutex_;
  std::vector<peer> others_;  // guarded by mutex_
};

}  // namespace evd::broker_embedded
