// expect: an event's subject is 'Module.fact': two or more tokens without spaces or wildcards
#include <evd/event.hpp>

struct happened {
#ifdef MISTAKE
  static constexpr evd::event event{"User.* happened"};
#else
  static constexpr evd::event event{"User.happened"};
#endif
};

const auto& used = evd::event_info_of<happened>();
