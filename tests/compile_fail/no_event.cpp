// expect: this type is no event: give it
#include <evd/event.hpp>

struct happened {
#ifndef MISTAKE
  static constexpr evd::event event{"User.happened"};
#endif
  int number = 0;
};

const auto& used = evd::event_info_of<happened>();
