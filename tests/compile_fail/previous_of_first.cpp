// expect: an event of version 1 has no previous version: raise its version or remove `previous`
#include <evd/event.hpp>

struct happened_v1 {
  static constexpr evd::event event{"User.happened"};
};
struct happened {
#ifdef MISTAKE
  static constexpr evd::event event{"User.happened"};
#else
  static constexpr evd::event event{"User.happened", 2};
#endif
  using previous = happened_v1;
};
happened upcast(const happened_v1&);

const auto& used = evd::event_info_of<happened>();
