#pragma once
/// The enumerators' names, as JSON and people have them, and the way back.

#include <span>
#include <string>
#include <string_view>

#include <evd/record.hpp>

#include "shared/exit_code.hpp"
#include "shared/table.hpp"

namespace evd::cli {

template <class Enum>
struct named {
  Enum value;
  std::string_view name;
  tone how = tone::plain;
};

inline constexpr named<command_status> command_statuses[] = {{command_status::accepted, "accepted", tone::accent},
                                                             {command_status::succeeded, "succeeded", tone::good},
                                                             {command_status::rejected, "rejected", tone::warn},
                                                             {command_status::failed, "failed", tone::bad},
                                                             {command_status::unknown, "unknown", tone::bad}};

inline constexpr named<dead_letter_status> dead_letter_statuses[] = {
    {dead_letter_status::open, "open", tone::bad},
    {dead_letter_status::retrying, "retrying", tone::warn},
    {dead_letter_status::resolved, "resolved", tone::good},
    {dead_letter_status::dismissed, "dismissed", tone::dim}};

inline constexpr named<dead_letter_reason> dead_letter_reasons[] = {
    {dead_letter_reason::attempts_exhausted, "attempts exhausted"},
    {dead_letter_reason::permanent, "permanent"},
    {dead_letter_reason::crashes, "crashes"},
    {dead_letter_reason::undecodable, "undecodable"}};

inline constexpr named<subscription_kind> subscription_kinds[] = {{subscription_kind::single, "single"},
                                                                  {subscription_kind::batch, "batch"},
                                                                  {subscription_kind::group, "group"},
                                                                  {subscription_kind::ordered, "ordered"},
                                                                  {subscription_kind::command, "command"}};

inline constexpr named<command_mode> command_modes[] = {{command_mode::in_place, "in place"},
                                                        {command_mode::durable, "durable"}};

constexpr std::span<const named<command_status>> names_of(command_status) {
  return command_statuses;
}
constexpr std::span<const named<dead_letter_status>> names_of(dead_letter_status) {
  return dead_letter_statuses;
}
constexpr std::span<const named<dead_letter_reason>> names_of(dead_letter_reason) {
  return dead_letter_reasons;
}
constexpr std::span<const named<subscription_kind>> names_of(subscription_kind) {
  return subscription_kinds;
}
constexpr std::span<const named<command_mode>> names_of(command_mode) {
  return command_modes;
}

template <class Enum>
std::string name_of(Enum value) {
  for (const auto& row : names_of(value)) {
    if (row.value == value) return std::string(row.name);
  }
  return std::to_string(static_cast<int>(value));
}

/// The name in its colour.
template <class Enum>
cell cell_of(Enum value) {
  for (const auto& row : names_of(value)) {
    if (row.value == value) return {std::string(row.name), row.how};
  }
  return {name_of(value)};
}

/// "open|retrying|resolved|dismissed": how an option's value is described; completion reads it too.
template <class Enum>
std::string choices() {
  std::string out;
  for (const auto& row : names_of(Enum{})) out.append(out.empty() ? "" : "|").append(row.name);
  return out;
}

/// Errors: ends with exit code 2, listing what there is.
template <class Enum>
Enum enum_from(const std::string& text, const std::string& option) {
  for (const auto& row : names_of(Enum{})) {
    if (row.name == text) return row.value;
  }
  fail_usage(option, "'" + text + "' is none of " + choices<Enum>());
}

}  // namespace evd::cli
