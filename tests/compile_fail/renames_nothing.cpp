// expect: json_names renames something that this type does not have
#include <evd/json.hpp>

struct input {
#ifdef MISTAKE
  static constexpr evd::json_name json_names[] = {{"used_id", "uid"}};
#else
  static constexpr evd::json_name json_names[] = {{"user_id", "uid"}};
#endif
  int user_id = 0;
};

const auto& used = evd::table_of<input>();
