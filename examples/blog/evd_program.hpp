#pragma once
/// Where the command line tool is.

#include <string>

/// The `evd` beside this program, as they are built or installed together; otherwise "evd", which the PATH may have.
[[nodiscard]] std::string evd_program();
