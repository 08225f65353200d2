// expect: two members of this type have the same name in JSON
#include <evd/json.hpp>

struct input {
  int user_id = 0;
#ifdef MISTAKE
  int userId = 0;
#endif
};

const auto& used = evd::table_of<input>();
