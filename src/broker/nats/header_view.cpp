#include "broker/nats/header_view.hpp"

#include <cstdlib>

namespace evd::broker_nats {

std::vector<std::pair<std::string, std::string_view>> header_view::all_with(std::string_view prefix) const {
  std::vector<std::pair<std::string, std::string_view>> all;
  const char** keys = nullptr;
  int count = 0;
  if (natsMsgHeader_Keys(of_, &keys, &count) != NATS_OK) return all;
  for (int i = 0; i < count; ++i) {
    const std::string_view key = keys[i];
    if (!key.starts_with(prefix)) continue;
    if (const auto value = find(keys[i])) all.emplace_back(std::string(key.substr(prefix.size())), *value);
  }
  std::free(static_cast<void*>(keys));  // NOLINT: nats.c allocates the array, and its caller frees it
  return all;
}

}  // namespace evd::broker_nats
