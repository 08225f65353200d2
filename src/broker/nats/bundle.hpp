#pragma once
/// Journal records travel in bundles: one message, one line a record. The bytes are specified in
/// docs/reference/wire.md.
///
/// Threads: pure.

#include <string>
#include <string_view>
#include <vector>

#include <evd/error.hpp>
#include <evd/record.hpp>

namespace evd::broker_nats {

/// Appends `{"<kind>":<record>}` and a line feed.
void append_line(std::string& bundle, const journal_record& record);

/// A line that could not be read.
struct unreadable_line {
  std::string kind;  ///< empty: not even that
  std::string line;
  error why;
};

struct bundle_content {
  std::vector<log_record> records;
  std::vector<unreadable_line> unreadable;
};

/// Fields and kinds that this build does not know are skipped and set aside, in this order.
[[nodiscard]] bundle_content read_bundle(std::string_view data);

}  // namespace evd::broker_nats
