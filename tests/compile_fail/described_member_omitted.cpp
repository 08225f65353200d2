// expect: elements
#include <evd/describe.hpp>
#include <evd/json.hpp>

#include <boost/describe/class.hpp>

struct point {
  point() = default;
  std::string x;
  int y = 0;
#ifdef MISTAKE
  bool omitted = false;
#endif
};
BOOST_DESCRIBE_STRUCT(point, (), (x, y))

const auto& used = evd::table_of<point>();
