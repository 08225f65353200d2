#pragma once
/// Documents that are inserted and never changed by whoever inserts them again.

#include <functional>
#include <string_view>
#include <vector>

#include "store/mongo/bulk.hpp"
#include "store/mongo/documents.hpp"

namespace evd::store_mongo {

/// What a server takes as one document, in bytes.
inline constexpr std::size_t largest_document = std::size_t{16} << 20U;

/// Threads: one at a time.
class inserts {
 public:
  using make = std::function<document(document_maker&)>;

  /// What `how` refers to lives until `send` has returned.
  void add(make how) { how_.push_back(std::move(how)); }
  [[nodiscard]] bool empty() const { return how_.empty(); }

  /// Makes the documents. Errors: invalid_input: one is too large.
  result<void> prepare(document_maker& maker, std::string_view collection);

  /// Inserts them, and those that the server refuses once more with their JSON as text. Answers which are there
  /// already. Errors: invalid_input: refused in either form; and as `insert_all`.
  result<std::vector<std::size_t>> send(client& with, std::string_view collection);

 private:
  result<void> send_as_text(client& with, std::string_view collection, const std::vector<unwritten>& refused,
                            std::vector<std::size_t>& there);

  std::vector<make> how_;
  std::vector<document> documents_;
  std::chrono::milliseconds keep_{};
};

}  // namespace evd::store_mongo
