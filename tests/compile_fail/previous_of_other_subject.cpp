// expect: the previous version of an event has the same subject
#include <evd/event.hpp>

struct happened_v1 {
#ifdef MISTAKE
  static constexpr evd::event event{"User.occurred"};
#else
  static constexpr evd::event event{"User.happened"};
#endif
};
struct happened {
  static constexpr evd::event event{"User.happened", 2};
  using previous = happened_v1;
};
happened upcast(const happened_v1&);

const auto& used = evd::event_info_of<happened>();
