// expect: an enum in JSON has a fixed underlying type
#include <evd/json.hpp>

#ifdef MISTAKE
enum colour { red, green };
#else
enum class colour { red, green };
#endif

const auto& used = evd::table_of<colour>();
