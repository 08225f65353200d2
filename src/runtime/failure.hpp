#pragma once
/// What a handler threw, read once: for the record, for the retry policy, for the caller.

#include <exception>
#include <string>

#include <evd/error.hpp>
#include <evd/options.hpp>
#include <evd/record.hpp>

namespace evd::runtime {

/// The exception as a record has it. Anything may be thrown; what is no `std::exception` has its type's name only.
[[nodiscard]] failure describe_failure(const std::exception_ptr& thrown);

/// What it means for the caller of a command: `rejected` keeps its own code, everything else is `handler_failed`.
[[nodiscard]] error command_error(const std::exception_ptr& thrown, const std::string& command);

/// The first rule that applies; null: none.
[[nodiscard]] const retry_rule* rule_of(const std::exception_ptr& thrown, std::span<const retry_rule> rules);

/// The name of a type as its user wrote it.
[[nodiscard]] std::string demangled(const char* mangled);

}  // namespace evd::runtime
