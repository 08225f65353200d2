#pragma once
/// Names that somebody may have meant.

#include <string>
#include <string_view>
#include <vector>

namespace evd::gateway {

/// Of `names`, those that resemble `meant` (a few letters typed differently, one contained in the other; case does not
/// matter), the closest first, three at the most.
[[nodiscard]] std::vector<std::string_view> close_names(std::string_view meant,
                                                        const std::vector<std::string_view>& names);

}  // namespace evd::gateway
