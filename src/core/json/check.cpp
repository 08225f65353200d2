#include "core/json/check.hpp"

#include <algorithm>
#include <deque>
#include <vector>

#include "core/json/validate.hpp"

namespace evd::json {

namespace {

/// The keys of one object, to find those that come twice.
class key_set {
 public:
  void add(std::string_view key, const std::string& storage) {
    // A key with escapes lies in storage that the next one overwrites.
    if (key.data() == storage.data()) key = kept_.emplace_back(key);
    keys_.push_back(key);
  }
  void report_twins(const path& at, problem_list& problems) {
    if (keys_.size() < 2) return;
    std::sort(keys_.begin(), keys_.end());
    for (std::size_t i = 1; i < keys_.size(); ++i) {
      if (keys_[i] == keys_[i - 1]) problems.add(at.member(keys_[i]), "is there twice");
    }
  }

 private:
  std::vector<std::string_view> keys_;
  std::deque<std::string> kept_;
};

class checker {
 public:
  checker(problem_list& problems, std::string* copy) : problems_(problems), copy_(copy) {}

  void value(cursor& in, const path& at, std::size_t levels) {
    switch (in.peek()) {
      case '{':
        return object(in, at, levels);
      case '[':
        return array(in, at, levels);
      case '"':
        return put_string(string(in, at).raw);
      default:
        return put(in.scalar());
    }
  }

 private:
  struct text {
    std::string_view raw;
    std::string_view plain;
  };

  text string(cursor& in, const path& at) {
    const auto raw = in.raw_string();
    const auto plain = unescape(raw, storage_);
    if (!plain) problems_.add(at, "has an escape that stands for half a character (a lone surrogate)");
    return {raw, plain.value_or(raw)};
  }

  void object(cursor& in, const path& at, std::size_t levels) {
    if (!enter(at, levels)) return give_up(in);
    key_set keys;
    in.take('{');
    put("{");
    while (in.peek() == '"') {
      const auto key = string(in, at);
      put_string(key.raw);
      keys.add(key.plain, storage_);
      in.take(':');
      put(":");
      const std::string held = key.plain.data() == storage_.data() ? std::string(key.plain) : std::string();
      value(in, at.member(held.empty() ? key.plain : held), levels - 1);
      if (in.take(',')) put(",");
    }
    in.take('}');
    put("}");
    keys.report_twins(at, problems_);
  }

  void array(cursor& in, const path& at, std::size_t levels) {
    if (!enter(at, levels)) return give_up(in);
    in.take('[');
    put("[");
    for (std::size_t i = 0; in.peek() != ']' && in.peek() != '\0'; ++i) {
      value(in, at.element(i), levels - 1);
      if (in.take(',')) put(",");
    }
    in.take(']');
    put("]");
  }

  bool enter(const path& at, std::size_t levels) {
    if (levels > 0) return true;
    problems_.add(at, "is nested deeper than " + std::to_string(max_json_depth) + " levels");
    return false;
  }

  /// Steps over what is too deep, so that the rest can be looked at.
  static void give_up(cursor& in) {
    std::size_t open = 0;
    do {
      const char c = in.peek();
      if (c == '\0') return;
      if (c == '"') {
        in.raw_string();
      } else if (c == '{' || c == '[') {
        in.take(c);
        ++open;
      } else if (c == '}' || c == ']') {
        in.take(c);
        --open;
      } else if (!in.take(',') && !in.take(':')) {
        in.scalar();
      }
    } while (open > 0);
  }

  void put(std::string_view part) {
    if (copy_ != nullptr) *copy_ += part;
  }
  void put_string(std::string_view raw) {
    put("\"");
    put(raw);
    put("\"");
  }

  problem_list& problems_;
  std::string* copy_;
  std::string storage_;
};

}  // namespace

void check_value(cursor& in, const path& at, std::size_t levels, problem_list& problems, std::string* copy) {
  checker(problems, copy).value(in, at, levels);
}

}  // namespace evd::json

namespace evd {

result<json_text> check_json(std::string_view text) {
  if (auto valid = json::validate(text); !valid) {
    auto failure = std::move(valid).error();
    failure.where = "check JSON";
    return failure;
  }
  json::cursor in(text);
  json::problem_list problems;
  json_text checked;
  checked.text.clear();
  checked.text.reserve(text.size());
  json::check_value(in, {}, max_json_depth, problems, &checked.text);
  if (!problems.empty()) return error{errc::invalid_input, "check JSON", {}, {}, problems.take()};
  return checked;
}

}  // namespace evd
