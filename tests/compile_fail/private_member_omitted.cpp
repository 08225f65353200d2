// expect: the description of this type omits a member
#include <evd/describe.hpp>

#include <boost/describe/class.hpp>
#include <evd/json.hpp>

class point {
 public:
  point() = default;
  int x = 0;

 private:
  int y = 0;
#ifdef MISTAKE
  double omitted = 0;
#endif
  BOOST_DESCRIBE_CLASS(point, (), (x), (), (y))
};

const auto& used = evd::table_of<point>();
