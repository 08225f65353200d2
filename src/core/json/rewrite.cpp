#include <algorithm>
#include <utility>
#include <vector>

#include <evd/json.hpp>

#include "core/json/cursor.hpp"
#include "core/json/text.hpp"
#include "core/json/validate.hpp"

namespace evd {

namespace {

using json::cursor;

// Text that nobody checked could be deeper than the stack.
constexpr std::size_t max_levels = 4 * max_json_depth;

/// The text of the next string in its shortest form, quotes included.
std::string plain_string(cursor& in) {
  const auto raw = in.raw_string();
  std::string storage;
  std::string out;
  if (const auto plain = json::unescape(raw, storage)) {
    json::append_string(*plain, out);
  } else {
    out.append(1, '"').append(raw).append(1, '"');
  }
  return out;
}

/// False: too deep, or no value where one should be.
bool canonical(cursor& in, std::size_t levels, std::string& out);

bool canonical_object(cursor& in, std::size_t levels, std::string& out) {
  std::vector<std::pair<std::string, std::string>> members;
  in.take('{');
  while (in.peek() == '"') {
    auto& [key, value] = members.emplace_back(plain_string(in), std::string());
    if (!in.take(':') || !canonical(in, levels, value)) return false;
    in.take(',');
  }
  if (!in.take('}')) return false;
  std::stable_sort(members.begin(), members.end(), [](const auto& a, const auto& b) {
    // Without the quotes: their byte is larger than that of some characters.
    const auto inner = [](const std::string& key) { return std::string_view(key).substr(1, key.size() - 2); };
    return inner(a.first) < inner(b.first);
  });
  out += '{';
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (i > 0) out += ',';
    out.append(members[i].first).append(1, ':').append(members[i].second);
  }
  out += '}';
  return true;
}

bool canonical(cursor& in, std::size_t levels, std::string& out) {
  if (levels == 0) return false;
  switch (in.peek()) {
    case '\0':
      return false;
    case '"':
      out += plain_string(in);
      return true;
    case '{':
      return canonical_object(in, levels - 1, out);
    case '[':
      break;
    default:
      out += in.scalar();
      return true;
  }
  in.take('[');
  out += '[';
  while (in.peek() != ']') {
    if (!canonical(in, levels - 1, out)) return false;
    if (in.take(',')) out += ',';
  }
  in.take(']');
  out += ']';
  return true;
}

/// REQUIRES: validated text, which is not deeper than the stack.
class printer {
 public:
  explicit printer(std::string_view text) : in_(text) { out.reserve(text.size() * 2); }

  void value(std::size_t level) {
    const char first = in_.peek();
    if (first == '"') {
      out.append(1, '"').append(in_.raw_string()).append(1, '"');
    } else if (first == '{') {
      members('{', '}', level + 1);
    } else if (first == '[') {
      members('[', ']', level + 1);
    } else {
      out += in_.scalar();
    }
  }

  std::string out;

 private:
  void members(char open, char close, std::size_t level) {
    in_.take(open);
    out += open;
    bool any = false;
    while (in_.peek() != close && in_.peek() != '\0') {
      any = true;
      line(level);
      if (open == '{') {
        out.append(1, '"').append(in_.raw_string()).append("\": ");
        in_.take(':');
      }
      value(level);
      if (in_.take(',')) out += ',';
    }
    if (any) line(level - 1);
    in_.take(close);
    out += close;
  }
  void line(std::size_t level) { out.append(1, '\n').append(2 * level, ' '); }

  cursor in_;
};

}  // namespace

std::string canonical_json(const json_text& json) {
  cursor in(json.text);
  std::string out;
  out.reserve(json.text.size());
  // What is no JSON, against the promise of json_text, is at least the same text each time.
  if (!canonical(in, max_levels, out) || in.peek() != '\0') return json.text;
  return out;
}

std::string pretty_json(std::string_view text) {
  if (!json::validate(text)) return std::string(text);
  printer print(text);
  print.value(0);
  return std::move(print.out);
}

}  // namespace evd
