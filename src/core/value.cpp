#include "core/value.hpp"

#include <algorithm>
#include <vector>

namespace evd::core {

namespace {

// `seen`: a type may hold a sequence of itself.
bool holds_secret(const type_table& type, std::vector<const type_table*>& seen) {
  if (type.kind == type_kind::secret) return true;
  if (std::find(seen.begin(), seen.end(), &type) != seen.end()) return false;
  seen.push_back(&type);
  if (type.element != nullptr && holds_secret(*type.element, seen)) return true;
  return std::any_of(type.members.begin(), type.members.end(),
                     [&](const member_table& member) { return holds_secret(*member.type, seen); });
}

}  // namespace

bool holds_secret(const type_table& type) {
  std::vector<const type_table*> seen;
  return holds_secret(type, seen);
}

}  // namespace evd::core
