#include "user/events.hpp"

namespace user {

name_updated upcast(const name_updated_v1& old) {
  const auto blank = old.name.rfind(' ');
  name_updated made;
  made.user_id = old.user_id;
  made.first_name = old.name.substr(0, blank);
  made.last_name = blank == std::string::npos ? "" : old.name.substr(blank + 1);
  made.revision = 1;  // names had none: older than every one that has
  return made;
}

}  // namespace user
