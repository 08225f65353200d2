#pragma once
/// What module User tells the others. It is all they know of it.

#include <cstdint>
#include <string>

#include <evd/event.hpp>

namespace user {

struct registered {
  static constexpr evd::event event{"User.registered"};
  std::string user_id, first_name, last_name;
};

/// As it was in version 1: one name. Such events may still lie in a log.
struct name_updated_v1 {
  static constexpr evd::event event{"User.nameUpdated", 1};
  std::string user_id, name;
};

struct name_updated {
  static constexpr evd::event event{"User.nameUpdated", 2};
  using previous = name_updated_v1;
  std::string user_id, first_name, last_name;
  std::int64_t revision = 0;  ///< of the user's names: a higher one is newer, whatever order the events come in
};

name_updated upcast(const name_updated_v1& old);

}  // namespace user
