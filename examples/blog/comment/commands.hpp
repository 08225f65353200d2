#pragma once
/// Inputs of module Comment's commands and queries.

#include <string>

namespace comment {

struct comment_create {
  std::string blog_id, text;
};

struct comments_of {
  std::string blog_id;
};

}  // namespace comment
