#pragma once
/// `user_id` is `userId` in JSON, while compiling: the names of a type's members or an enum's enumerators.

#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

#include <evd/members.hpp>
#include <evd/reflect.hpp>

namespace evd::detail {

/// Writes `name` in camel case to `out` and returns its length. Underscores at the front stay; those elsewhere, also a
/// last one (`class_`), go.
constexpr std::size_t camel_case(std::string_view name, char* out) {
  std::size_t length = 0;
  bool upper = false;
  for (const char c : name) {
    if (c == '_' && length > 0 && out[length - 1] != '_') {
      upper = true;
      continue;
    }
    out[length++] = upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    upper = false;
  }
  return length;
}

template <class T>
constexpr auto renames() {
  if constexpr (requires { T::json_names; }) {
    return std::to_array(T::json_names);
  } else if constexpr (requires { evd_json_names(type<T>{}); }) {
    return evd_json_names(type<T>{});
  } else {
    return std::array<json_name, 0>{};
  }
}

/// All JSON names of a type in one buffer, one behind the other.
template <std::size_t count, std::size_t capacity>
struct name_buffer {
  std::array<char, capacity + 1> text{};
  std::array<std::size_t, count + 1> begin{};

  [[nodiscard]] constexpr std::string_view operator[](std::size_t i) const {
    return std::string_view(text.data() + begin[i], begin[i + 1] - begin[i]);
  }
};

template <std::size_t count>
constexpr std::size_t total_size(const std::array<std::string_view, count>& names) {
  std::size_t total = 0;
  for (const auto name : names) total += name.size();
  return total;
}

template <class T>
constexpr std::size_t total_rename_size() {
  std::size_t total = 0;
  for (const auto& renamed : renames<T>()) total += renamed.json.size();
  return total;
}

template <class T, std::size_t capacity, std::size_t count>
constexpr name_buffer<count, capacity> make_json_names(const std::array<std::string_view, count>& names) {
  name_buffer<count, capacity> buffer;
  std::size_t at = 0;
  for (std::size_t i = 0; i < count; ++i) {
    buffer.begin[i] = at;
    bool renamed = false;
    for (const auto& rename : renames<T>()) {
      if (rename.member != names[i]) continue;
      for (const char c : rename.json) buffer.text[at++] = c;
      renamed = true;
    }
    if (!renamed && !names[i].empty()) at += camel_case(names[i], buffer.text.data() + at);
  }
  buffer.begin[count] = at;
  return buffer;
}

template <class T, std::size_t count>
constexpr bool renames_apply(const std::array<std::string_view, count>& names) {
  for (const auto& rename : renames<T>()) {
    bool found = false;
    for (const auto name : names) found = found || name == rename.member;
    if (!found) return false;
  }
  return true;
}

template <std::size_t count, std::size_t capacity>
constexpr bool are_distinct(const name_buffer<count, capacity>& names) {
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t k = i + 1; k < count; ++k) {
      if (!names[i].empty() && names[i] == names[k]) return false;
    }
  }
  return true;
}

/// The names in C++: of members that were found, of members that were listed, or of enumerators.
template <class T>
constexpr auto find_names() {
  if constexpr (std::is_enum_v<T>) {
    return enum_names<T>;
  } else if constexpr (listed<T>) {
    return evd_members(type<T>{}).names;
  } else {
    return member_names<T>;
  }
}
template <class T>
inline constexpr auto names = find_names<T>();

template <class T>
inline constexpr auto json_names = make_json_names<T, total_size(names<T>) + total_rename_size<T>()>(names<T>);

}  // namespace evd::detail
