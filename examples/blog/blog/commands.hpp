#pragma once
/// Inputs of module Blog's commands and queries.

#include <cstdint>
#include <optional>
#include <string>

namespace blog {

struct blog_create {
  std::string title, content;
};

struct one_blog {
  std::string blog_id;
};

struct some_blogs {
  std::optional<std::string> author_id;
  std::optional<std::int64_t> limit;  ///< 1 to 100; 20 when absent
};

}  // namespace blog
