#pragma once
/// Event types: a struct with a subject and a version; and how older versions become the newest.
///
///     struct name_updated {
///       static constexpr evd::event event{"User.nameUpdated", 2};
///       using previous = name_updated_v1;
///       std::string user_id, first_name, last_name;
///     };
///     name_updated upcast(const name_updated_v1&);    // beside the types

#include <concepts>
#include <cstdint>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>

#include <evd/error.hpp>
#include <evd/export.hpp>
#include <evd/subject.hpp>
#include <evd/type_table.hpp>

namespace evd {

/// What makes a struct an event. A subject or version that cannot be does not compile.
struct event {
  std::string_view subject;
  std::uint32_t version = 1;

  consteval event(std::string_view of, std::uint32_t number = 1)
      : subject(of), version(number) {  // NOLINT: may convert
    if (!is_subject(of)) throw "an event's subject is 'Module.fact': two or more tokens without spaces or wildcards";
    if (number == 0) throw "an event's version starts at 1";
  }
};

template <class T>
concept event_type = std::is_same_v<std::remove_cvref_t<decltype(T::event)>, event>;

/// An event type, erased.
struct event_info {
  std::string_view subject;
  std::uint32_t version;
  const type_table& data;
  const event_info* previous;             ///< the version before; null for the first
  void* (*upcast)(const void* previous);  ///< a new value of this version; null for the first
};

/// The info of T. What is wrong with T does not compile, with one sentence.
template <class T>
constexpr const event_info& event_info_of();

/// Reads an event that was written as `version`, and takes it one step at a time to the version of `info`.
///
/// Errors: newer_version (this build cannot know what it means: try again later, with a newer build); invalid_input,
/// with
///   all problems, also when an upcast throws.
EVD_API result<std::shared_ptr<const void>> decode_event(const event_info& info, std::uint32_t version,
                                                         std::string_view json);

namespace detail {

template <class T>
concept has_previous = requires {
  typename T::previous;
};
template <class To, class From>
concept upcast_from = requires(const From& from) {
  { upcast(from) } -> std::same_as<To>;
};

template <class T>
constexpr event_info make_event_info();
template <class T>
inline constexpr event_info info = make_event_info<T>();

template <class T>
constexpr event_info make_event_info() {
  if constexpr (!event_type<T>) {
    static_assert(event_type<T>,
                  "this type is no event: give it `static constexpr evd::event event{\"Module.fact\"};`");
    return {"", 1, table<nothing>, nullptr, nullptr};
  } else if constexpr (T::event.version == 1) {
    static_assert(!has_previous<T>,
                  "an event of version 1 has no previous version: raise its version or remove `previous`");
    return {T::event.subject, 1, table_of<T>(), nullptr, nullptr};
  } else if constexpr (!has_previous<T>) {
    static_assert(has_previous<T>,
                  "an event of version 2 or more names the version before it: `using previous = ...;`");
    return {T::event.subject, T::event.version, table<nothing>, nullptr, nullptr};
  } else if constexpr (!event_type<typename T::previous>) {
    static_assert(event_type<typename T::previous>, "the previous version of an event is an event too");
    return {T::event.subject, T::event.version, table<nothing>, nullptr, nullptr};
  } else {
    using previous = typename T::previous;
    constexpr bool same_subject = previous::event.subject == T::event.subject;
    constexpr bool one_less = previous::event.version + 1 == T::event.version;
    constexpr bool has_step = upcast_from<T, previous>;
    static_assert(same_subject, "the previous version of an event has the same subject");
    static_assert(one_less, "the previous version of an event is one less: upcasting goes one step at a time");
    static_assert(
        !same_subject || !one_less || has_step,
        "the step from the previous version is missing: declare `T upcast(const previous&)` beside the types");
    void* (*step)(const void*) = nullptr;
    if constexpr (has_step) {
      step = [](const void* from) -> void* { return new T(upcast(*static_cast<const previous*>(from))); };
    }
    return {T::event.subject, T::event.version, table_of<T>(), &info<previous>, step};
  }
}

}  // namespace detail

template <class T>
constexpr const event_info& event_info_of() {
  return detail::info<T>;
}

}  // namespace evd
