#pragma once
/// Who has which delivery in work, shared by all processes that have the file open.
///
/// Leases need no durability (losing them redelivers), so they are not in the durable file: `<file>-leases` is an array
/// of slots in the page cache, which survives the death of a process. Every change is made under an flock on it, by
/// `pwrite` (a full disk is then an error, no signal), and raises a generation number in its header; a process that
/// finds the generation where it left it knows that its copy of the slots is still true.
///
/// Format: a header of 4096 bytes (magic, boot id, generation, peers' generation, next owner, slots in use), then slots
/// of 32 bytes. After a boot, or when it is damaged, the file is remade: leases then begin anew.
///
/// Threads: safe from any thread. Times are of the monotonic clock, which all processes of one boot share.

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/delivery.hpp"
#include "sqlite/file_lock.hpp"

namespace evd::broker_embedded {

using lease_clock = std::chrono::steady_clock;

/// Names what is leased: an item of a subscription.
struct lease_key {
  std::uint64_t subscription = 0;
  std::uint64_t item = 0;
  friend bool operator==(const lease_key&, const lease_key&) = default;
};
struct lease_key_hash {
  std::size_t operator()(const lease_key& key) const {
    return (key.item ^ (key.subscription << 48U)) * 0x9e3779b97f4a7c15ULL >> 7U;
  }
};

struct lease {
  std::uint64_t item = 0;
  std::uint32_t subscription = 0;  ///< 0: the slot is free
  std::uint32_t owner = 0;         ///< 0: handed back
  std::int64_t until = 0;          ///< microseconds of lease_clock
  std::uint32_t handed_over = 0;
  std::uint32_t reserved = 0;
  friend bool operator==(const lease&, const lease&) = default;
};
static_assert(sizeof(lease) == 32);

/// From this handing over on an item may be what ends processes. Then it is the only such in a process: were others
/// handed over beside it, the next crash would count against them too.
inline constexpr std::uint32_t suspect_from = core::delivery_rules{}.suspect_from;

/// The item that stands for owning an ordered subscription. It never lapses; it ends with its owner.
inline constexpr std::uint64_t ownership = ~std::uint64_t{0};

class lease_table {
 public:
  /// Opens or makes `path`. `is_alive` tells whether an owner's process still lives.
  lease_table(const std::string& path, std::function<bool(std::uint32_t)> is_alive);
  lease_table(const lease_table&) = delete;
  lease_table& operator=(const lease_table&) = delete;
  ~lease_table();

  /// A number for this process, never given before.
  [[nodiscard]] std::uint32_t join();
  /// Peers have come or gone: raises their generation.
  void peers_changed();
  /// Read without a lock.
  [[nodiscard]] std::uint64_t peers_generation() const;
  [[nodiscard]] std::uint64_t generation() const;

  /// Claims for `owner` every item that no living owner holds. One number an item: how often it has been handed over,
  /// this time included; 0: it is another's. When it throws (disk_full), nothing is claimed and nothing counts.
  /// `suspects`, where given, is asked before an item is handed over for the `suspect_from`th time or later; told no, it
  /// answers `not_now`, and that does not count.
  [[nodiscard]] std::vector<std::uint32_t> claim(std::uint32_t owner, std::uint64_t subscription,
                                                 std::span<const std::uint64_t> items, lease_clock::time_point until,
                                                 const std::function<bool()>& suspects = {});
  static constexpr std::uint32_t not_now = ~std::uint32_t{0};
  void extend(std::uint32_t owner, std::span<const lease_key> keys, lease_clock::time_point until);

  enum class return_as : std::uint8_t {
    settled,    ///< never again
    not_begun,  ///< this handing over does not count
    begun,      ///< it does
  };
  void give_back(std::uint32_t owner, std::span<const lease_key> keys, return_as how);

  [[nodiscard]] std::optional<lease> find(const lease_key& key);
  /// Whether a living owner, other than `owner`, has something of `subscription` in work.
  [[nodiscard]] bool others_hold(std::uint32_t owner, std::uint64_t subscription);
  /// How many items of each subscription are in work now.
  [[nodiscard]] std::unordered_map<std::uint64_t, std::uint64_t> in_work();
  /// Whether this process was alone ever since it opened the table: then nothing but its own doing has changed.
  [[nodiscard]] bool always_alone();

 private:
  class locked;
  struct header;

  void remake(const std::string& boot);
  void sync();
  void write_slot(std::uint32_t slot, const lease& what);
  void write_header(std::size_t offset, std::uint64_t value);
  [[nodiscard]] bool holds(const lease& what, std::int64_t now);
  [[nodiscard]] const header& head() const;

  std::mutex mutex_;  // of everything below
  sqlite::file_lock file_;
  std::function<bool(std::uint32_t)> is_alive_;
  void* mapped_ = nullptr;
  std::uint64_t seen_ = 0;  // generation of the copy
  bool foreign_ = false;
  std::vector<lease> slots_;
  std::vector<std::uint32_t> free_;
  std::unordered_map<lease_key, std::uint32_t, lease_key_hash> index_;
};

}  // namespace evd::broker_embedded
