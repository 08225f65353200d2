#pragma once
/// The erased description of a C++ type. One table a type, made while compiling; codec, JSON Schema, GraphQL and the
/// console's diff all read it, so that none of them needs the type, nor the user's translation unit any of them.
///
/// Plain data and function pointers, constant-initialised: usable from any thread, also before main.

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <evd/members.hpp>
#include <evd/record.hpp>
#include <evd/reflect.hpp>
#include <evd/secret.hpp>

namespace evd {

enum class type_kind : std::uint8_t {
  boolean,
  integer,      ///< `bits`, `is_signed`
  floating,     ///< `bits`
  string,       ///< a std::string
  enumeration,  ///< `bits`, `is_signed`, `enumerators`
  object,       ///< `members`
  sequence,     ///< `element`, `sequence`: std::vector, or std::array of a fixed size
  map,          ///< `element`, `map`: std::map from std::string
  optional,     ///< `element`, `optional`
  time,         ///< `bits`, `unit`: signed ticks since 1970
  duration,     ///< `bits`, `unit`: signed ticks
  id,           ///< an evd::id
  json_text,    ///< an evd::json_text
  secret,       ///< an evd::secret
};

enum class time_unit : std::uint8_t { nanoseconds, microseconds, milliseconds, seconds, minutes, hours, days };

struct type_table;

struct member_table {
  std::string_view name;       ///< `user_id`
  std::string_view json_name;  ///< `userId`
  const type_table* type;
  bool required;  ///< false: a std::optional, left out when empty
};

struct enumerator_table {
  std::string_view name;       ///< `in_place`
  std::string_view json_name;  ///< `inPlace`
  std::int64_t value;
};

/// Elements lie one behind the other, `element->size` apart.
struct sequence_access {
  std::size_t fixed;  ///< the size of a std::array; npos: any size
  std::size_t (*size)(const void* sequence);
  const void* (*data)(const void* sequence);
  void (*clear)(void* sequence);
  /// Makes room for element `at`, which is the next one, and returns its address; null: a std::array is full.
  void* (*append)(void* sequence, std::size_t at);
  static constexpr std::size_t npos = static_cast<std::size_t>(-1);
};

struct map_access {
  void (*clear)(void* map);
  void* (*insert)(void* map, std::string_view key);  ///< the new value's address; null: the key is there already
  void (*visit)(const void* map, void* context, void (*each)(void* context, const std::string& key, const void* value));
};

struct optional_access {
  const void* (*get)(const void* optional);  ///< null: empty
  void* (*emplace)(void* optional);
  void (*reset)(void* optional);
};

struct type_table {
  type_kind kind{};
  std::string_view name;      ///< in C++, with namespaces
  std::size_t size = 0;       ///< bytes
  void* (*make)() = nullptr;  ///< a new, default-constructed value
  void (*destroy)(void*) = nullptr;
  void* (*copy)(const void*) = nullptr;  ///< null: cannot be copied

  std::uint8_t bits = 0;
  bool is_signed = false;
  time_unit unit{};
  std::span<const member_table> members{};                ///< at most 64
  void (*addresses)(void* object, void** out) = nullptr;  ///< of all members, in order
  std::span<const enumerator_table> enumerators{};
  const enumerator_table* unknown =
      nullptr;  ///< the enumerator of that name: what events take for one they do not know
  const type_table* element = nullptr;
  const sequence_access* sequence = nullptr;
  const map_access* map = nullptr;
  const optional_access* optional = nullptr;
};

/// The table of T. Types that cannot be put into JSON do not compile, with one sentence why.
template <class T>
constexpr const type_table& table_of();

}  // namespace evd

#include <evd/type_table_of.hpp>
