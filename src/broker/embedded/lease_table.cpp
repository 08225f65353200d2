#include "broker/embedded/lease_table.hpp"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "sqlite/error.hpp"

namespace evd::broker_embedded {
namespace {

constexpr std::uint64_t magic = 0x316c'6561'7365'7631;
constexpr std::size_t header_size = 4096;
constexpr std::uint32_t capacity = 1U << 20U;
constexpr std::size_t file_size = header_size + std::size_t{capacity} * sizeof(lease);

std::int64_t micros(lease_clock::time_point when) {
  return std::chrono::duration_cast<std::chrono::microseconds>(when.time_since_epoch()).count();
}

std::string boot_id() {
  std::ifstream file{"/proc/sys/kernel/random/boot_id"};
  std::string id;
  std::getline(file, id);
  return id;
}

}  // namespace

struct lease_table::header {
  std::uint64_t magic;
  char boot[40];
  std::uint64_t generation;
  std::uint64_t peers_generation;
  std::uint64_t next_owner;
  std::uint64_t slots;
};

// Both locks, with this process's copy of the slots brought up to date.
class lease_table::locked {
 public:
  explicit locked(lease_table& table) : table_(table), hold_(table.mutex_) {
    table_.file_.lock();
    table_.sync();
  }
  locked(const locked&) = delete;
  locked& operator=(const locked&) = delete;
  ~locked() {
    if (changed_) {
      ++table_.seen_;
      const auto& seen = table_.seen_;
      // Eight bytes of a page that exists: not even a full disk refuses them.
      if (::pwrite(table_.file_.descriptor(), &seen, sizeof seen, offsetof(header, generation)) < 0) std::abort();
    }
    table_.file_.unlock();
  }
  void changed() { changed_ = true; }

 private:
  lease_table& table_;
  std::lock_guard<std::mutex> hold_;
  bool changed_ = false;
};

lease_table::lease_table(const std::string& path, std::function<bool(std::uint32_t)> is_alive)
    : file_(path), is_alive_(std::move(is_alive)) {
  file_.lock();
  struct ::stat found {};
  if (::fstat(file_.descriptor(), &found) != 0) {
    throw failure_exception(sqlite::translate_errno(errno, "open leases", path));
  }
  const auto boot = boot_id();
  header now{};
  const bool complete = static_cast<std::size_t>(found.st_size) == file_size &&
                        ::pread(file_.descriptor(), &now, sizeof now, 0) == static_cast<ssize_t>(sizeof now);
  if (!complete || now.magic != magic || now.slots > capacity || boot.compare(0, sizeof now.boot, now.boot) != 0) {
    remake(boot);
  }
  mapped_ = ::mmap(nullptr, file_size, PROT_READ, MAP_SHARED, file_.descriptor(), 0);
  if (mapped_ == MAP_FAILED) throw failure_exception(sqlite::translate_errno(errno, "map leases", path));
  sync();
  file_.unlock();
  foreign_ = false;
}

lease_table::~lease_table() {
  ::munmap(mapped_, file_size);
}

void lease_table::remake(const std::string& boot) {
  header fresh{};
  fresh.magic = magic;
  boot.copy(fresh.boot, sizeof fresh.boot - 1);
  fresh.generation = 1;
  fresh.next_owner = 1;
  const int file = file_.descriptor();
  if (::ftruncate(file, 0) != 0 || ::ftruncate(file, static_cast<off_t>(file_size)) != 0 ||
      ::pwrite(file, &fresh, sizeof fresh, 0) != static_cast<ssize_t>(sizeof fresh)) {
    throw failure_exception(sqlite::translate_errno(errno, "make leases", file_.path()));
  }
}

const lease_table::header& lease_table::head() const {
  return *static_cast<const header*>(mapped_);
}

std::uint64_t lease_table::peers_generation() const {
  return __atomic_load_n(&head().peers_generation, __ATOMIC_ACQUIRE);
}
std::uint64_t lease_table::generation() const {
  return __atomic_load_n(&head().generation, __ATOMIC_ACQUIRE);
}

void lease_table::write_header(std::size_t offset, std::uint64_t value) {
  // Eight aligned bytes of a page that exists: it neither tears nor needs space.
  if (::pwrite(file_.descriptor(), &value, sizeof value, static_cast<off_t>(offset)) < 0) {
    throw failure_exception(sqlite::translate_errno(errno, "write leases", file_.path()));
  }
}

void lease_table::write_slot(std::uint32_t slot, const lease& what) {
  const auto offset = header_size + std::size_t{slot} * sizeof(lease);
  if (::pwrite(file_.descriptor(), &what, sizeof what, static_cast<off_t>(offset)) < 0) {
    throw failure_exception(sqlite::translate_errno(errno, "write leases", file_.path()));
  }
  if (slot < slots_.size()) {
    slots_[slot] = what;
    return;
  }
  // Counted once it is there: others read by mmap, to which a hole in a full tmpfs is no page but a SIGBUS.
  slots_.push_back(what);
  write_header(offsetof(header, slots), slots_.size());
}

void lease_table::sync() {
  const auto& now = head();
  if (now.generation == seen_) return;
  foreign_ = true;
  seen_ = now.generation;
  const auto count = std::min<std::uint64_t>(now.slots, capacity);
  const auto* file = reinterpret_cast<const lease*>(static_cast<const char*>(mapped_) + header_size);  // NOLINT
  slots_.resize(std::max<std::size_t>(slots_.size(), count));
  bool any = false;
  for (std::uint32_t slot = 0; slot < count; ++slot) {
    if (file[slot] == slots_[slot]) continue;
    any = true;
    const lease before = slots_[slot];
    slots_[slot] = file[slot];
    if (before.subscription != 0) {
      const auto old = index_.find({before.subscription, before.item});
      if (old != index_.end() && old->second == slot) index_.erase(old);
    }
    if (file[slot].subscription != 0) index_[{file[slot].subscription, file[slot].item}] = slot;
  }
  if (!any) return;
  free_.clear();
  for (std::uint32_t slot = static_cast<std::uint32_t>(slots_.size()); slot-- > 0;) {
    if (slots_[slot].subscription == 0) free_.push_back(slot);
  }
}

std::uint32_t lease_table::join() {
  locked hold{*this};
  const auto number = head().next_owner;
  write_header(offsetof(header, next_owner), number + 1);
  return static_cast<std::uint32_t>(number);
}

void lease_table::peers_changed() {
  locked hold{*this};
  write_header(offsetof(header, peers_generation), head().peers_generation + 1);
}

bool lease_table::holds(const lease& what, std::int64_t now) {
  if (what.owner == 0) return false;
  return what.until > now && is_alive_(what.owner);
}

std::vector<std::uint32_t> lease_table::claim(std::uint32_t owner, std::uint64_t subscription,
                                              std::span<const std::uint64_t> items, lease_clock::time_point until,
                                              const std::function<bool()>& suspects) {
  std::vector<std::uint32_t> handed_over(items.size(), 0);
  std::vector<std::pair<std::uint32_t, lease>> undo;  // slots as they were
  locked hold{*this};
  try {
    const auto now = micros(lease_clock::now());
    std::uint32_t alive = 0;  // asked for once
    std::uint32_t dead = 0;
    for (std::size_t at = 0; at < items.size(); ++at) {
      const lease_key key{subscription, items[at]};
      lease next{items[at], static_cast<std::uint32_t>(subscription), owner, micros(until), 1, 0};
      const auto known = index_.find(key);
      std::uint32_t slot = 0;
      lease before;
      if (known != index_.end()) {
        slot = known->second;
        before = slots_[slot];
        if (before.owner != 0 && before.owner != owner && before.until > now && before.owner != dead) {
          if (before.owner == alive || is_alive_(before.owner)) {
            alive = before.owner;
            continue;
          }
          dead = before.owner;
        }
        next.handed_over = before.handed_over + 1;
        if (suspects && next.handed_over >= suspect_from && !suspects()) {
          handed_over[at] = not_now;
          continue;
        }
      } else if (!free_.empty()) {
        slot = free_.back();
      } else {
        if (slots_.size() == capacity) break;
        slot = static_cast<std::uint32_t>(slots_.size());
      }
      hold.changed();
      write_slot(slot, next);
      undo.emplace_back(slot, before);
      if (known == index_.end()) {
        if (!free_.empty()) free_.pop_back();
        index_[key] = slot;
      }
      handed_over[at] = next.handed_over;
    }
  } catch (...) {
    // All or nothing: what nobody will be given has not been handed over. Their pages exist, so this needs no space.
    for (const auto& [slot, before] : undo) {
      index_.erase({slots_[slot].subscription, slots_[slot].item});
      write_slot(slot, before);
      if (before.subscription == 0) {
        free_.push_back(slot);
      } else {
        index_[{before.subscription, before.item}] = slot;
      }
    }
    throw;
  }
  return handed_over;
}

void lease_table::extend(std::uint32_t owner, std::span<const lease_key> keys, lease_clock::time_point until) {
  locked hold{*this};
  for (const auto& key : keys) {
    const auto known = index_.find(key);
    if (known == index_.end() || slots_[known->second].owner != owner) continue;
    auto next = slots_[known->second];
    next.until = micros(until);
    hold.changed();
    write_slot(known->second, next);
  }
}

void lease_table::give_back(std::uint32_t owner, std::span<const lease_key> keys, return_as how) {
  if (keys.empty()) return;
  locked hold{*this};
  for (const auto& key : keys) {
    const auto known = index_.find(key);
    if (known == index_.end() || slots_[known->second].owner != owner) continue;
    const auto slot = known->second;
    auto next = slots_[slot];
    next.owner = 0;
    if (how == return_as::not_begun) --next.handed_over;
    hold.changed();
    if (how == return_as::settled || next.handed_over == 0) {
      write_slot(slot, lease{});
      index_.erase(known);
      free_.push_back(slot);
    } else {
      write_slot(slot, next);
    }
  }
}

std::optional<lease> lease_table::find(const lease_key& key) {
  const locked hold{*this};
  const auto known = index_.find(key);
  if (known == index_.end()) return std::nullopt;
  auto found = slots_[known->second];
  if (!holds(found, micros(lease_clock::now()))) found.owner = 0;
  return found;
}

bool lease_table::others_hold(std::uint32_t owner, std::uint64_t subscription) {
  const locked hold{*this};
  const auto now = micros(lease_clock::now());
  return std::any_of(slots_.begin(), slots_.end(), [&](const lease& each) {
    return each.subscription == subscription && each.owner != owner && holds(each, now);
  });
}

std::unordered_map<std::uint64_t, std::uint64_t> lease_table::in_work() {
  std::unordered_map<std::uint64_t, std::uint64_t> counts;
  const locked hold{*this};
  const auto now = micros(lease_clock::now());
  for (const auto& each : slots_) {
    if (each.subscription != 0 && each.item != ownership && holds(each, now)) ++counts[each.subscription];
  }
  return counts;
}

bool lease_table::always_alone() {
  const locked hold{*this};
  return !foreign_;
}

}  // namespace evd::broker_embedded
