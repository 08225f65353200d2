#pragma once
/// Query parameters become the JSON input of a query.

#include <string>
#include <string_view>

#include <evd/error.hpp>
#include <evd/type_table.hpp>

namespace evd::gateway {

/// `userId=6a1&limit=10&tag=a&tag=b` as `{"userId":"6a1","limit":10,"tag":["a","b"]}`, by the members of `input`:
/// numbers and booleans are recognised where the member is one (`flag` alone is true), a member that is a list takes
/// its parameter as often as it is given. Names are the JSON names.
///
/// What does not fit, and names that `input` does not have, stay strings: whoever reads the JSON reports them like
/// those of a body. So the outcome is valid JSON whatever the query is. Errors: invalid_input with all problems: broken
/// percent-encoding, no UTF-8, a parameter given several times that is no list.
[[nodiscard]] result<std::string> query_to_json(std::string_view query, const type_table& input);

}  // namespace evd::gateway
