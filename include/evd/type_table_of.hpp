#pragma once
/// How the table of a type is made. Included by `type_table.hpp`; there is nothing in here to use directly.

#include <evd/json_names.hpp>
#include <evd/type_table.hpp>

namespace evd::detail {

template <class T>
struct shape {
  static constexpr bool sequence = false, map = false, optional = false, timestamp = false, duration = false;
};
template <class T>
struct shape<std::vector<T>> : shape<void> {
  static constexpr bool sequence = true;
  using element = T;
  static constexpr sequence_access access{
      sequence_access::npos, [](const void* v) { return static_cast<const std::vector<T>*>(v)->size(); },
      [](const void* v) -> const void* { return static_cast<const std::vector<T>*>(v)->data(); },
      [](void* v) { static_cast<std::vector<T>*>(v)->clear(); },
      [](void* v, std::size_t) -> void* { return &static_cast<std::vector<T>*>(v)->emplace_back(); }};
};
template <class T, std::size_t N>
struct shape<std::array<T, N>> : shape<void> {
  static constexpr bool sequence = true;
  using element = T;
  static constexpr sequence_access access{
      N, [](const void*) { return N; },
      [](const void* v) -> const void* { return static_cast<const std::array<T, N>*>(v)->data(); }, [](void*) {},
      [](void* v, std::size_t at) -> void* { return at < N ? &(*static_cast<std::array<T, N>*>(v))[at] : nullptr; }};
};
template <class Key, class T, class Less, class Allocator>
struct shape<std::map<Key, T, Less, Allocator>> : shape<void> {
  static_assert(std::is_same_v<Key, std::string>,
                "the keys of a map in JSON are strings: use std::map<std::string, T>");
  static_assert(std::is_same_v<Less, std::less<Key>> || std::is_same_v<Less, std::less<>>,
                "maps are written sorted by std::less: another order cannot be kept");
  static constexpr bool map = true;
  using element = T;
  using whole = std::map<Key, T, Less, Allocator>;
  static constexpr map_access access{
      [](void* m) { static_cast<whole*>(m)->clear(); },
      [](void* m, std::string_view key) -> void* {
        const auto [place, added] = static_cast<whole*>(m)->try_emplace(std::string(key));
        return added ? &place->second : nullptr;
      },
      [](const void* m, void* context, void (*each)(void*, const std::string&, const void*)) {
        for (const auto& [key, value] : *static_cast<const whole*>(m)) each(context, key, &value);
      }};
};
template <class T>
struct shape<std::optional<T>> : shape<void> {
  static constexpr bool optional = true;
  using element = T;
  static constexpr optional_access access{
      [](const void* o) -> const void* {
        const auto& whole = *static_cast<const std::optional<T>*>(o);
        return whole ? &*whole : nullptr;
      },
      [](void* o) -> void* { return &static_cast<std::optional<T>*>(o)->emplace(); },
      [](void* o) { static_cast<std::optional<T>*>(o)->reset(); }};
};
template <class Rep, class Period>
struct shape<std::chrono::duration<Rep, Period>> : shape<void> {
  static constexpr bool duration = true;
  using number = Rep;
  using period = typename Period::type;
};
template <class Duration>
struct shape<std::chrono::time_point<std::chrono::system_clock, Duration>> : shape<void> {
  static constexpr bool timestamp = true;
  using number = typename Duration::rep;
  using period = typename Duration::period::type;
};

template <class Period>
constexpr int find_unit() {
  if (std::is_same_v<Period, std::nano>) return 0;
  if (std::is_same_v<Period, std::micro>) return 1;
  if (std::is_same_v<Period, std::milli>) return 2;
  if (std::is_same_v<Period, std::ratio<1>>) return 3;
  if (std::is_same_v<Period, std::ratio<60>>) return 4;
  if (std::is_same_v<Period, std::ratio<3600>>) return 5;
  if (std::is_same_v<Period, std::ratio<86400>>) return 6;
  return -1;
}

template <class T>
concept plain_integer =
    std::is_integral_v<T> && !std::is_same_v<T, bool> && !std::is_same_v<T, char> && !std::is_same_v<T, wchar_t> &&
    !std::is_same_v<T, char8_t> && !std::is_same_v<T, char16_t> && !std::is_same_v<T, char32_t> && sizeof(T) <= 8;

template <class T>
constexpr type_table make_table();

/// Constant-initialised, and named before its value is: so a type may hold vectors of itself.
template <class T>
inline constexpr type_table table = make_table<T>();

template <class T>
inline constexpr std::size_t name_count = names<T>.size();

template <class T>
constexpr member_table make_member(std::size_t i) {
  return {{}, json_names<T>[i], nullptr, false};
}

template <class M>
constexpr member_table typed_member() {
  return {{}, {}, &table<M>, !shape<M>::optional};
}

template <class T, bool whole, auto... pointers>
constexpr std::array<member_table, sizeof...(pointers)> listed_types(const member_list<T, whole, pointers...>&) {
  return {typed_member<decltype(member_type(pointers))>()...};
}

#ifdef __clang__
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wundefined-var-template"
#pragma clang diagnostic ignored "-Wundefined-internal"
#endif
template <class T>
constexpr std::array<member_table, name_count<T>> make_members() {
  std::array<member_table, name_count<T>> members{};
  if constexpr (listed<T>) {
    members = listed_types(evd_members(type<T>{}));
  } else if constexpr (name_count<T> > 0) {
    members = visit_members<name_count<T>>(sample<T>.value, [](auto&... member) {
      return std::array<member_table, sizeof...(member)>{typed_member<std::remove_cvref_t<decltype(member)>>()...};
    });
  }
  for (std::size_t i = 0; i < members.size(); ++i) {
    members[i].name = names<T>[i];
    members[i].json_name = json_names<T>[i];
  }
  return members;
}
#ifdef __clang__
#pragma clang diagnostic pop
#endif
template <class T>
inline constexpr std::array<member_table, name_count<T>> members = make_members<T>();

template <class T>
void find_addresses(void* object, void** out) {
  if constexpr (listed<T>) {
    listed_addresses(object, out, evd_members(type<T>{}));
  } else {
    visit_members<name_count<T>>(*static_cast<T*>(object), [out](auto&... member) mutable {
      ((*out++ = const_cast<void*>(static_cast<const void*>(std::addressof(member)))), ...);
    });
  }
}

template <class E>
constexpr std::size_t count_enumerators() {
  std::size_t count = 0;
  for (const auto name : names<E>) count += name.empty() ? 0 : 1;
  return count;
}
template <class E>
constexpr std::array<enumerator_table, count_enumerators<E>()> make_enumerators() {
  std::array<enumerator_table, count_enumerators<E>()> found{};
  std::size_t at = 0;
  for (std::size_t i = 0; i < name_count<E>; ++i) {
    if (names<E>[i].empty()) continue;
    found[at++] = {names<E>[i], json_names<E>[i], static_cast<std::int64_t>(i) + enum_range<E>::first};
  }
  return found;
}
template <class E>
inline constexpr auto enumerators = make_enumerators<E>();

template <class E>
constexpr const enumerator_table* find_unknown() {
  for (const auto& enumerator : enumerators<E>) {
    if (enumerator.name == "unknown") return &enumerator;
  }
  return nullptr;
}

template <class T>
constexpr void fill_numbers(type_table& made) {
  made.bits = sizeof(T) * 8;
  made.is_signed = std::is_signed_v<T>;
}

template <class T>
constexpr void fill_ticks(type_table& made) {
  using number = typename shape<T>::number;
  constexpr int unit = find_unit<typename shape<T>::period>();
  static_assert(std::is_integral_v<number> && std::is_signed_v<number>,
                "times and durations in JSON count whole ticks: use an integer duration");
  static_assert(unit >= 0, "times and durations in JSON count nanoseconds to days: use one of std::chrono's units");
  static_assert(!shape<T>::timestamp || unit >= 1, "times in JSON are in microseconds: use evd::timestamp");
  fill_numbers<number>(made);
  made.unit = static_cast<time_unit>(unit);
}

template <class T>
constexpr void fill_names(type_table& made) {
  static_assert(renames_apply<T>(names<T>), "json_names renames something that this type does not have");
  static_assert(std::is_enum_v<T> || name_count<T> <= 64, "evd describes types of up to 64 members: nest some of them");
  static_assert(are_distinct(json_names<T>), "two members of this type have the same name in JSON");
  if constexpr (std::is_enum_v<T>) {
    fill_numbers<std::underlying_type_t<T>>(made);
    made.enumerators = enumerators<T>;
    made.unknown = find_unknown<T>();
  } else {
    made.members = members<T>;
    made.addresses = &find_addresses<T>;
  }
}

template <class T>
inline constexpr bool is_object = listed<T> || (std::is_aggregate_v<T> && std::is_class_v<T>);

template <class T>
constexpr type_kind find_kind() {
  if constexpr (std::is_same_v<T, bool>)
    return type_kind::boolean;
  else if constexpr (plain_integer<T>)
    return type_kind::integer;
  else if constexpr (std::is_same_v<T, double> || std::is_same_v<T, float>)
    return type_kind::floating;
  else if constexpr (std::is_same_v<T, std::string>)
    return type_kind::string;
  else if constexpr (std::is_same_v<T, secret>)
    return type_kind::secret;
  else if constexpr (std::is_same_v<T, json_text>)
    return type_kind::json_text;
  else if constexpr (std::is_base_of_v<id, T>)
    return type_kind::id;
  else if constexpr (std::is_enum_v<T>)
    return type_kind::enumeration;
  else if constexpr (shape<T>::timestamp)
    return type_kind::time;
  else if constexpr (shape<T>::duration)
    return type_kind::duration;
  else if constexpr (shape<T>::optional)
    return type_kind::optional;
  else if constexpr (shape<T>::sequence)
    return type_kind::sequence;
  else if constexpr (shape<T>::map)
    return type_kind::map;
  else
    return type_kind::object;
}

template <class T>
constexpr type_table make_table() {
  constexpr auto kind = find_kind<T>();
  type_table made;
  made.kind = kind;
  made.name = type_name<T>;
  if constexpr (kind == type_kind::object && !is_object<T>) {
    static_assert(is_object<T>,
                  "evd cannot put this type into JSON: it is no aggregate, and nobody listed its members "
                  "with EVD_MEMBERS or Boost.Describe");
  } else if constexpr (!std::is_default_constructible_v<T>) {
    static_assert(std::is_default_constructible_v<T>, "a type that is read from JSON is default-constructible");
  } else {
    made.size = sizeof(T);
    made.make = []() -> void* { return new T{}; };
    made.destroy = [](void* value) { delete static_cast<T*>(value); };
    if constexpr (std::is_copy_constructible_v<T>) {
      made.copy = [](const void* value) -> void* { return new T(*static_cast<const T*>(value)); };
    }
    if constexpr (kind == type_kind::integer || kind == type_kind::floating) {
      fill_numbers<T>(made);
    } else if constexpr (kind == type_kind::enumeration) {
      static_assert(fixed_enum<T>, "an enum in JSON has a fixed underlying type: enum class colour : std::uint8_t");
      if constexpr (fixed_enum<T>) fill_names<T>(made);
    } else if constexpr (kind == type_kind::object) {
      fill_names<T>(made);
    } else if constexpr (kind == type_kind::time || kind == type_kind::duration) {
      fill_ticks<T>(made);
    } else if constexpr (kind == type_kind::sequence) {
      using element = typename shape<T>::element;
      static_assert(!std::is_same_v<T, std::vector<bool>>,
                    "std::vector<bool> has no elements: use std::vector<std::uint8_t>");
      if constexpr (!std::is_same_v<T, std::vector<bool>>) {
        made.element = &table<element>;
        made.sequence = &shape<T>::access;
      }
    } else if constexpr (kind == type_kind::map) {
      made.element = &table<typename shape<T>::element>;
      made.map = &shape<T>::access;
    } else if constexpr (kind == type_kind::optional) {
      static_assert(!shape<typename shape<T>::element>::optional, "an optional of an optional has no form in JSON");
      made.element = &table<typename shape<T>::element>;
      made.optional = &shape<T>::access;
    }
  }
  return made;
}

}  // namespace evd::detail

template <class T>
constexpr const evd::type_table& evd::table_of() {
  return detail::table<T>;
}
