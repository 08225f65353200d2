// expect: the previous version of an event is an event too
#include <evd/event.hpp>

struct happened_v1 {
#ifndef MISTAKE
  static constexpr evd::event event{"User.happened"};
#endif
};
struct happened {
  static constexpr evd::event event{"User.happened", 2};
  using previous = happened_v1;
};
happened upcast(const happened_v1&);

const auto& used = evd::event_info_of<happened>();
