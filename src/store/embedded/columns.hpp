#pragma once
/// How a record's members become columns that are no plain number or text.

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <evd/json.hpp>
#include <evd/record.hpp>

namespace evd::store_embedded {

/// Ids one after another, 12 bytes each.
template <class Id>
std::vector<std::uint8_t> concatenated(const std::vector<Id>& ids) {
  std::vector<std::uint8_t> bytes;
  bytes.reserve(ids.size() * id::size);
  for (const id& each : ids) bytes.insert(bytes.end(), each.bytes().begin(), each.bytes().end());
  return bytes;
}

template <class Id>
std::vector<Id> separated(std::span<const std::uint8_t> bytes) {
  std::vector<Id> ids;
  ids.reserve(bytes.size() / id::size);
  for (std::size_t at = 0; at + id::size <= bytes.size(); at += id::size) {
    id::byte_array one{};
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), id::size, one.begin());
    ids.push_back(Id{id{one}});
  }
  return ids;
}

/// Empty: no headers, NULL in the file.
inline std::string headers_text(const header_map& headers) {
  return headers.empty() ? std::string{} : to_json(headers);
}

inline header_map headers_of(std::string_view text) {
  if (text.empty()) return {};
  auto read = from_json<header_map>(text, unknown_fields::ignore);
  return read ? std::move(*read) : header_map{};
}

}  // namespace evd::store_embedded
