// expect: an event's version starts at 1
#include <evd/event.hpp>

struct happened {
#ifdef MISTAKE
  static constexpr evd::event event{"User.happened", 0};
#else
  static constexpr evd::event event{"User.happened", 1};
#endif
};

const auto& used = evd::event_info_of<happened>();
