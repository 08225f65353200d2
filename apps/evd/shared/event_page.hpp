#pragma once
/// One event with all that became of it, as `evd events show` has it.

#include <optional>
#include <vector>

#include <evd/port/store.hpp>

#include "shared/output.hpp"

namespace evd::cli {

struct event_page {
  port::event_document event;
  std::vector<outcome_record> outcomes;
  std::vector<attempt_record> attempts;
  std::vector<port::dead_letter_document> dead_letters;
  std::vector<event_id> children;  ///< events that came of it

  /// What `chain` has of `event`; none: it has no such event.
  [[nodiscard]] static std::optional<event_page> of(const port::chain_document& chain, const event_id& event);

  void print(const output& out) const;
};

}  // namespace evd::cli
