#pragma once
/// What is wrong with an input, all at once, each with a JSON pointer.

#include <string>
#include <string_view>
#include <vector>

#include <evd/error.hpp>

class checks {
 public:
  checks& that(bool holds, std::string_view pointer, std::string_view message) {
    if (!holds) problems_.push_back({std::string(pointer), std::string(message)});
    return *this;
  }
  checks& length(const std::string& text, std::size_t least, std::size_t most, std::string_view pointer) {
    return that(text.size() >= least && text.size() <= most, pointer,
                "is " + std::to_string(least) + " to " + std::to_string(most) + " bytes long");
  }
  /// Throws what was found, if anything was: the caller gets a 400 that lists it.
  void or_throw() {
    if (problems_.empty()) return;
    throw evd::failure_exception(
        {evd::errc::invalid_input, "check input", "the input is not as it should be", "", std::move(problems_)});
  }

 private:
  std::vector<evd::problem> problems_;
};
