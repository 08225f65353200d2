// expect: an event of version 2 or more names the version before it
#include <evd/event.hpp>

struct happened_v1 {
  static constexpr evd::event event{"User.happened"};
};
struct happened {
  static constexpr evd::event event{"User.happened", 2};
#ifndef MISTAKE
  using previous = happened_v1;
#endif
};
happened upcast(const happened_v1&);

const auto& used = evd::event_info_of<happened>();
