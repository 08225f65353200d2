#pragma once
/// Lists of members, for types that are no aggregate, or that belong to others.
///
///     namespace geo { EVD_MEMBERS(point, x, y) }    // in the type's namespace, or in namespace evd for std's types
///
/// Write it before the first use of the type in JSON. Every member must be listed, or it does not compile.

#include <array>
#include <string_view>

#include <evd/reflect.hpp>

namespace evd {

/// Renames one member or enumerator: `user_id` is "uid" in JSON. Given as a static member of the type,
///     static constexpr evd::json_name json_names[] = {{"user_id", "uid"}};
/// or, for enums and types of others, by a function beside the type,
///     constexpr std::array<evd::json_name, 1> evd_json_names(evd::type<colour>) { return {{{"red", "RED"}}}; }
struct json_name {
  std::string_view member;
  std::string_view json;
};

/// What the function `evd_members(evd::type<T>)` returns. `whole` lists are checked by decomposing the type; one with
/// private members cannot be, so there the sizes must add up.
template <class T, bool whole, auto... pointers>
struct member_list {
  static constexpr std::size_t size = sizeof...(pointers);
  std::array<std::string_view, size> names{};
};

namespace detail {

/// Splits "a, b, c".
template <class T, auto... pointers>
constexpr member_list<T, true, pointers...> list_members(std::string_view text) {
  member_list<T, true, pointers...> list;
  for (auto& name : list.names) {
    auto item = take_item(text);
    while (!item.empty() && item.back() == ' ') item.remove_suffix(1);
    name = last_name(item);
  }
  return list;
}

template <class T>
concept listed = requires {
  evd_members(type<T>{});
};

template <class Member, class Class>
Member member_type(Member Class::*);

constexpr std::size_t round_up(std::size_t at, std::size_t alignment) {
  return (at + alignment - 1) / alignment * alignment;
}

/// The size of T if it had the listed members alone, in any order that does not matter for padding.
template <class T, auto... pointers>
constexpr std::size_t listed_size() {
  std::size_t at = std::is_polymorphic_v<T> ? sizeof(void*) : 0;
  ((at = round_up(at, alignof(decltype(member_type(pointers)))) + sizeof(decltype(member_type(pointers)))), ...);
  return round_up(at, alignof(T));
}

template <class T, bool whole, auto... pointers>
void listed_addresses(void* untyped, void** out, const member_list<T, whole, pointers...>&) {
  auto& object = *static_cast<T*>(untyped);
  if constexpr (whole) {
    // A member more or less than the list has is an error here.
    visit_members<sizeof...(pointers)>(object, [](auto&...) {});
  } else {
    static_assert(listed_size<T, pointers...>() == sizeof(T), "the description of this type omits a member");
  }
  ((*out++ = &(object.*pointers)), ...);
}

}  // namespace detail

#define EVD_MEMBERS(Type, ...)                                                                             \
  [[maybe_unused]] constexpr auto evd_members(::evd::type<Type>) {                                         \
    return ::evd::detail::list_members<Type __VA_OPT__(, ) EVD_POINTERS(Type, __VA_ARGS__)>(#__VA_ARGS__); \
  }

// &Type::a, &Type::b, ...: a macro cannot call itself, so it is scanned again and again.
#define EVD_POINTERS(Type, ...) __VA_OPT__(EVD_SCAN_64(EVD_POINTERS_STEP(Type, __VA_ARGS__)))
#define EVD_POINTERS_STEP(Type, member, ...) \
  &Type::member __VA_OPT__(, EVD_POINTERS_AGAIN EVD_NOTHING()()(Type, __VA_ARGS__))
#define EVD_POINTERS_AGAIN() EVD_POINTERS_STEP
#define EVD_NOTHING()
#define EVD_SCAN_64(...) EVD_SCAN_16(EVD_SCAN_16(EVD_SCAN_16(EVD_SCAN_16(__VA_ARGS__))))
#define EVD_SCAN_16(...) EVD_SCAN_4(EVD_SCAN_4(EVD_SCAN_4(EVD_SCAN_4(__VA_ARGS__))))
#define EVD_SCAN_4(...) EVD_SCAN(EVD_SCAN(EVD_SCAN(EVD_SCAN(__VA_ARGS__))))
#define EVD_SCAN(...) __VA_ARGS__

}  // namespace evd
