#pragma once
/// What the compiler knows about an aggregate or an enum, as values: how many members, what they are called, where they
/// lie. No macro and no list: structured bindings give the members, `__PRETTY_FUNCTION__` their names.
///
/// Serves aggregates of up to 40 members that are default-constructible and have no base class and no C array (use
/// `std::array`). Enums: enumerators from -1 to 127. Types of other shapes: `members.hpp`, `describe.hpp`.
/// GCC 12 and Clang 14 or newer.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>

namespace evd {

/// The tag that functions found by argument look-up take to speak about a type. (A `T*` would match derived types too.)
template <class T>
struct type {
  using value = T;
};

namespace detail {

[[noreturn]] inline void never_called() {
  __builtin_trap();
}

struct any_value {
  template <class T>
  operator T() const {
    never_called();
  }
};
template <std::size_t>
using any_at = any_value;

template <class T, class Indices>
inline constexpr bool takes = false;
template <class T, std::size_t... I>
requires requires {
  T{any_at<I>{}...};
}
inline constexpr bool takes<T, std::index_sequence<I...>> = true;

inline constexpr std::size_t max_members = 40;

/// Between `low`, which T takes, and `high`, which it does not. Halving keeps the instantiations few.
template <class T, std::size_t low, std::size_t high>
constexpr std::size_t count_members() {
  if constexpr (low + 1 == high) {
    return low;
  } else {
    constexpr std::size_t middle = (low + high) / 2;
    if constexpr (takes<T, std::make_index_sequence<middle>>) {
      return count_members<T, middle, high>();
    } else {
      return count_members<T, low, middle>();
    }
  }
}

template <class T>
inline constexpr std::size_t member_count = count_members<T, 0, max_members + 2>();

// clang-format off
#define EVD_NAMES_1 m1
#define EVD_NAMES_2 EVD_NAMES_1, m2
#define EVD_NAMES_3 EVD_NAMES_2, m3
#define EVD_NAMES_4 EVD_NAMES_3, m4
#define EVD_NAMES_5 EVD_NAMES_4, m5
#define EVD_NAMES_6 EVD_NAMES_5, m6
#define EVD_NAMES_7 EVD_NAMES_6, m7
#define EVD_NAMES_8 EVD_NAMES_7, m8
#define EVD_NAMES_9 EVD_NAMES_8, m9
#define EVD_NAMES_10 EVD_NAMES_9, m10
#define EVD_NAMES_11 EVD_NAMES_10, m11
#define EVD_NAMES_12 EVD_NAMES_11, m12
#define EVD_NAMES_13 EVD_NAMES_12, m13
#define EVD_NAMES_14 EVD_NAMES_13, m14
#define EVD_NAMES_15 EVD_NAMES_14, m15
#define EVD_NAMES_16 EVD_NAMES_15, m16
#define EVD_NAMES_17 EVD_NAMES_16, m17
#define EVD_NAMES_18 EVD_NAMES_17, m18
#define EVD_NAMES_19 EVD_NAMES_18, m19
#define EVD_NAMES_20 EVD_NAMES_19, m20
#define EVD_NAMES_21 EVD_NAMES_20, m21
#define EVD_NAMES_22 EVD_NAMES_21, m22
#define EVD_NAMES_23 EVD_NAMES_22, m23
#define EVD_NAMES_24 EVD_NAMES_23, m24
#define EVD_NAMES_25 EVD_NAMES_24, m25
#define EVD_NAMES_26 EVD_NAMES_25, m26
#define EVD_NAMES_27 EVD_NAMES_26, m27
#define EVD_NAMES_28 EVD_NAMES_27, m28
#define EVD_NAMES_29 EVD_NAMES_28, m29
#define EVD_NAMES_30 EVD_NAMES_29, m30
#define EVD_NAMES_31 EVD_NAMES_30, m31
#define EVD_NAMES_32 EVD_NAMES_31, m32
#define EVD_NAMES_33 EVD_NAMES_32, m33
#define EVD_NAMES_34 EVD_NAMES_33, m34
#define EVD_NAMES_35 EVD_NAMES_34, m35
#define EVD_NAMES_36 EVD_NAMES_35, m36
#define EVD_NAMES_37 EVD_NAMES_36, m37
#define EVD_NAMES_38 EVD_NAMES_37, m38
#define EVD_NAMES_39 EVD_NAMES_38, m39
#define EVD_NAMES_40 EVD_NAMES_39, m40
#define EVD_BIND(N) \
  else if constexpr (count == N) { auto& [EVD_NAMES_##N] = object; return visit(EVD_NAMES_##N); }

/// Calls `visit` with references to all members of `object`.
template <std::size_t count, class T, class Visit>
constexpr decltype(auto) visit_members(T& object, Visit visit) {
  static_assert(count <= max_members, "evd finds the members of aggregates of up to 40 members: nest some of them");
  if constexpr (count == 0) { (void)object; return visit(); }
  EVD_BIND(1) EVD_BIND(2) EVD_BIND(3) EVD_BIND(4) EVD_BIND(5) EVD_BIND(6) EVD_BIND(7) EVD_BIND(8)
  EVD_BIND(9) EVD_BIND(10) EVD_BIND(11) EVD_BIND(12) EVD_BIND(13) EVD_BIND(14) EVD_BIND(15) EVD_BIND(16)
  EVD_BIND(17) EVD_BIND(18) EVD_BIND(19) EVD_BIND(20) EVD_BIND(21) EVD_BIND(22) EVD_BIND(23) EVD_BIND(24)
  EVD_BIND(25) EVD_BIND(26) EVD_BIND(27) EVD_BIND(28) EVD_BIND(29) EVD_BIND(30) EVD_BIND(31) EVD_BIND(32)
  EVD_BIND(33) EVD_BIND(34) EVD_BIND(35) EVD_BIND(36) EVD_BIND(37) EVD_BIND(38) EVD_BIND(39) EVD_BIND(40)
}
#undef EVD_BIND
#undef EVD_NAMES_1
#undef EVD_NAMES_2
#undef EVD_NAMES_3
#undef EVD_NAMES_4
#undef EVD_NAMES_5
#undef EVD_NAMES_6
#undef EVD_NAMES_7
#undef EVD_NAMES_8
#undef EVD_NAMES_9
#undef EVD_NAMES_10
#undef EVD_NAMES_11
#undef EVD_NAMES_12
#undef EVD_NAMES_13
#undef EVD_NAMES_14
#undef EVD_NAMES_15
#undef EVD_NAMES_16
#undef EVD_NAMES_17
#undef EVD_NAMES_18
#undef EVD_NAMES_19
#undef EVD_NAMES_20
#undef EVD_NAMES_21
#undef EVD_NAMES_22
#undef EVD_NAMES_23
#undef EVD_NAMES_24
#undef EVD_NAMES_25
#undef EVD_NAMES_26
#undef EVD_NAMES_27
#undef EVD_NAMES_28
#undef EVD_NAMES_29
#undef EVD_NAMES_30
#undef EVD_NAMES_31
#undef EVD_NAMES_32
#undef EVD_NAMES_33
#undef EVD_NAMES_34
#undef EVD_NAMES_35
#undef EVD_NAMES_36
#undef EVD_NAMES_37
#undef EVD_NAMES_38
#undef EVD_NAMES_39
#undef EVD_NAMES_40
// clang-format on

// An object that is never made: only addresses of its members are used, while compiling.
template <class T>
struct box {
  T value;
};
#ifdef __clang__
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wundefined-var-template"
#pragma clang diagnostic ignored "-Wundefined-internal"
#endif
template <class T>
extern box<T> sample;

/// Clang 14 takes the address of a member as a template argument only inside a class.
struct place {
  const void* address;
};

template <class T>
constexpr auto member_places() {
  return visit_members<member_count<T>>(
      sample<T>.value, [](auto&... members) { return std::array<place, sizeof...(members)>{place{&members}...}; });
}
#ifdef __clang__
#pragma clang diagnostic pop
#endif

constexpr bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}
/// The identifier or number that `text` ends with.
constexpr std::string_view last_name(std::string_view text) {
  std::size_t begin = text.size();
  while (begin > 0 && is_name_char(text[begin - 1])) --begin;
  return text.substr(begin);
}

// GCC prints `{evd::place{((const void*)(& sample<T>.box<T>::value.T::name))}, ...}`, Clang `<{&sample.value.name},
// ...>`.
template <class T, place... members>
constexpr auto names_of_places() {
  std::array<std::string_view, sizeof...(members)> names{};
#ifdef __clang__
  constexpr std::string_view start = "members = <";
  constexpr std::string_view stop = "}";
#else
  constexpr std::string_view start = "members = {";
  constexpr std::string_view stop = "))}";
#endif
  std::string_view rest = __PRETTY_FUNCTION__;
  rest.remove_prefix(rest.rfind(start) + start.size());
  for (auto& name : names) {
    const auto end = rest.find(stop);
    name = last_name(rest.substr(0, end));
    rest.remove_prefix(end + stop.size());
  }
  return names;
}

template <class T>
constexpr auto find_member_names() {
  if constexpr (member_count<T> == 0) {
    return std::array<std::string_view, 0>{};
  } else {
    return []<std::size_t... I>(std::index_sequence<I...>) {
      constexpr auto places = member_places<T>();
      return names_of_places<T, places[I]...>();
    }
    (std::make_index_sequence<member_count<T>>());
  }
}

/// The members' names in C++, in order.
template <class T>
inline constexpr std::array<std::string_view, member_count<T>> member_names = find_member_names<T>();

template <class T>
constexpr std::string_view find_type_name() {
#ifdef __clang__
  constexpr std::string_view start = "[T = ";
  constexpr std::string_view stop = "]";
#else
  constexpr std::string_view start = "[with T = ";
  constexpr std::string_view stop = ";";
#endif
  std::string_view text = __PRETTY_FUNCTION__;
  text.remove_prefix(text.find(start) + start.size());
  return text.substr(0, text.rfind(stop));
}
/// The type as it is written in C++, with its namespaces.
template <class T>
inline constexpr std::string_view type_name = find_type_name<T>();

// ---- enums ----

template <class E>
concept fixed_enum = std::is_enum_v<E> && requires {
  E{0};
};

template <class E>
struct enum_range {
  using number = std::underlying_type_t<E>;
  static constexpr int first = std::is_signed_v<number> ? -1 : 0;
  static constexpr int last = std::is_same_v<number, bool> ? 1 : 127;
  static constexpr std::size_t size = static_cast<std::size_t>(last - first + 1);
};

/// Cuts the first item off a list; commas within brackets belong to the item.
constexpr std::string_view take_item(std::string_view& list) {
  int depth = 0;
  std::size_t i = 0;
  for (; i < list.size(); ++i) {
    const char c = list[i];
    if (c == '<' || c == '(' || c == '{') ++depth;
    if (c == '>' || c == ')' || c == '}') --depth;
    if (depth < 0 || (depth == 0 && c == ',')) break;
  }
  const auto item = list.substr(0, i);
  list.remove_prefix(i < list.size() ? i + 1 : i);
  return item;
}

// Both compilers print `E::name` for what is an enumerator and `(E)5` for what is none. One instantiation serves all.
template <class E, E... values>
constexpr auto names_of_values() {
  std::array<std::string_view, sizeof...(values)> names{};
#ifdef __clang__
  constexpr std::string_view start = "values = <";
#else
  constexpr std::string_view start = "values = {";
#endif
  std::string_view rest = __PRETTY_FUNCTION__;
  rest.remove_prefix(rest.rfind(start) + start.size());
  for (auto& name : names) {
    name = last_name(take_item(rest));
    if (!name.empty() && name.front() >= '0' && name.front() <= '9') name = {};
  }
  return names;
}

template <class E>
constexpr auto find_enum_names() {
  return []<std::size_t... I>(std::index_sequence<I...>) {
    return names_of_values<E, static_cast<E>(static_cast<int>(I) + enum_range<E>::first)...>();
  }
  (std::make_index_sequence<enum_range<E>::size>());
}
/// By value minus `enum_range<E>::first`: the enumerator's name, empty where there is none.
template <fixed_enum E>
inline constexpr std::array<std::string_view, enum_range<E>::size> enum_names = find_enum_names<E>();

}  // namespace detail
}  // namespace evd
