#pragma once
/// The addresses of an object's members, on the stack.

#include <array>

#include <evd/type_table.hpp>

namespace evd::json {

class member_addresses {
 public:
  member_addresses(const type_table& table, void* object) { table.addresses(object, at_.data()); }
  void* operator[](std::size_t i) const { return at_[i]; }

 private:
  std::array<void*, 64> at_;  // not initialised: `addresses` fills as many as the table has members
};

}  // namespace evd::json
