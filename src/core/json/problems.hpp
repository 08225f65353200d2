#pragma once
/// Collects what is wrong with an input, each with its place.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <evd/error.hpp>
#include <evd/json.hpp>

namespace evd::json {

/// A place in a document, as a list from the inside out; it lives on the stack of whoever walks there.
struct path {
  const path* up = nullptr;
  std::string_view key{};
  std::size_t index = 0;
  bool is_index = false;

  [[nodiscard]] path member(std::string_view name) const { return {this, name, 0, false}; }
  [[nodiscard]] path element(std::size_t i) const { return {this, {}, i, true}; }

  /// RFC 6901.
  [[nodiscard]] std::string pointer() const {
    if (up == nullptr) return {};
    auto text = up->pointer() + '/';
    if (is_index) return text + std::to_string(index);
    for (const char c : key) {
      if (c == '~') {
        text += "~0";
      } else if (c == '/') {
        text += "~1";
      } else {
        text += c;
      }
    }
    return text;
  }
};

class problem_list {
 public:
  void add(const path& at, std::string message) {
    if (!full()) found_.push_back({at.pointer(), std::move(message)});
  }
  [[nodiscard]] bool full() const { return found_.size() >= max_json_problems; }
  [[nodiscard]] bool empty() const { return found_.empty(); }
  [[nodiscard]] std::vector<problem> take() { return std::move(found_); }

 private:
  std::vector<problem> found_;
};

}  // namespace evd::json
