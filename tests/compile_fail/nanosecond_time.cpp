// expect: times in JSON are in microseconds: use evd::timestamp
#include <evd/json.hpp>

struct input {
#ifdef MISTAKE
  std::chrono::system_clock::time_point at;
#else
  evd::timestamp at;
#endif
};

const auto& used = evd::table_of<input>();
