#pragma once
/// Where an exception was thrown from, for the record of a failed attempt.
///
/// C++ forgets the stack when it unwinds. Built with EVD_STACK_TRACES the library puts a function before the runtime's
/// `__cxa_throw`, which notes the addresses on the stack (a few microseconds, no allocation) on threads that asked for
/// it; names and lines are looked up only when a failure is recorded. Built without, there are no stacks.

#include <exception>
#include <string>

namespace evd::runtime {

/// From now on what this thread throws is noted: the last few.
void note_throws_of_this_thread();

/// The stack at the throw of `thrown`, innermost first, a frame a line, down to where the library called the handler.
/// Empty: not built with stack traces, thrown by another thread, or too long ago.
[[nodiscard]] std::string stack_of(const std::exception_ptr& thrown);

}  // namespace evd::runtime
