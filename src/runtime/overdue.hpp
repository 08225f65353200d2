#pragma once
/// Closes commands whose instance died before it could say how they ended.

#include "runtime/environment.hpp"

namespace evd::runtime {

/// Journals the outcome `unknown` for in-place commands that are still `accepted` although their time limit, and a
/// while for an instance that is slow to say so, has passed. They are never run again. Any instance may do it; doing it
/// twice changes nothing.
void close_overdue_commands(const environment& with);

}  // namespace evd::runtime
