// expect: elements
#include <evd/members.hpp>

#include <evd/json.hpp>

struct point {
  point() = default;
  int x = 0;
  int y = 0;
};
#ifdef MISTAKE
EVD_MEMBERS(point, x)
#else
EVD_MEMBERS(point, x, y)
#endif

const auto& used = evd::table_of<point>();
