// expect: the step from the previous version is missing: declare `T upcast(const previous&)` beside the types
#include <evd/event.hpp>

struct happened_v1 {
  static constexpr evd::event event{"User.happened"};
};
struct happened {
  static constexpr evd::event event{"User.happened", 2};
  using previous = happened_v1;
};
#ifndef MISTAKE
happened upcast(const happened_v1&);
#endif

const auto& used = evd::event_info_of<happened>();
