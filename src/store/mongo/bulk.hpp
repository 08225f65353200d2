#pragma once
/// Writes of one kind to one collection, sent together and unordered: one that fails stops no other.

#include <string>
#include <string_view>
#include <vector>

#include "store/mongo/client_pool.hpp"

namespace evd::store_mongo {

/// A write that the server did not do.
struct unwritten {
  std::size_t index = 0;  ///< in the order of what was given
  std::int32_t code = 0;
  std::string message;
};

/// Inserts `documents`. What is there already, by `_id`, is answered, and so is what the server refuses for ever.
/// Errors: unavailable and its like: how many were written is not known; repeating is harmless.
[[nodiscard]] result<std::vector<unwritten>> insert_all(client& with, std::string_view collection,
                                                        const std::vector<document>& documents);

/// One document's change.
struct update {
  document filter;
  document change;  ///< operators, or a whole document where `replace`
  bool upsert = false;
  bool replace = false;
};

/// Makes the changes. An upsert whose document is there already, and does not pass the filter, is answered as a
/// duplicate, as is one that lost a race for making the document.
[[nodiscard]] result<std::vector<unwritten>> update_all(client& with, std::string_view collection,
                                                        const std::vector<update>& updates);

/// The same for one. True: a document was changed or made; false: none passed the filter.
[[nodiscard]] result<bool> update_one(client& with, std::string_view collection, const update& what);

}  // namespace evd::store_mongo
