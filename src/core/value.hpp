#pragma once
/// Values of a type that only its table knows.

#include <memory>

#include <evd/type_table.hpp>

namespace evd::core {

/// A new, default-constructed value.
[[nodiscard]] inline std::shared_ptr<void> make_value(const type_table& type) {
  return {type.make(), type.destroy};
}

/// Whether a value of it holds a secret anywhere.
[[nodiscard]] bool holds_secret(const type_table& type);

}  // namespace evd::core
