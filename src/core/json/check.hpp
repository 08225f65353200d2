#pragma once
/// Walks a value of any form and finds what validation leaves open.

#include <string>

#include "core/json/cursor.hpp"
#include "core/json/problems.hpp"

namespace evd::json {

/// Steps over one value of validated text. Problems: a key twice in an object, half a character, `levels` exceeded.
/// When `copy` is given, the value is appended to it without white space.
void check_value(cursor& in, const path& at, std::size_t levels, problem_list& problems, std::string* copy);

}  // namespace evd::json
