// expect: evd cannot put this type into JSON: it is no aggregate, and nobody listed its members
#include <evd/json.hpp>

class closed {
  int number_ = 0;

 public:
  int number() const { return number_; }
};
struct input {
#ifdef MISTAKE
  closed value;
#else
  int value = 0;
#endif
};

const auto& used = evd::table_of<input>();
