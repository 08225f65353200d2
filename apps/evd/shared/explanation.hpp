#pragma once
/// Why is this event (not) handled? What is known about one event and one subscription becomes words. Pure.

#include <optional>
#include <string>
#include <vector>

#include <evd/port/log.hpp>
#include <evd/port/store.hpp>

namespace evd::cli {

/// Everything known about one delivery.
struct delivery_facts {
  event_record event;
  subscription_record subscription;
  std::uint64_t pending = 0;  ///< of the whole subscription
  port::delivery_state state;
  std::vector<attempt_record> attempts;
  std::optional<outcome_record> outcome;
  std::optional<port::dead_letter_document> dead_letter;
};

struct explanation {
  std::string state;                   ///< "handled", "in work", "waiting for a retry", ...
  std::vector<std::string> sentences;  ///< the whole story, the most important first
  std::vector<std::string> next;       ///< what to do or look at: commands, settings
};

[[nodiscard]] explanation explain(const delivery_facts& facts, timestamp now);

}  // namespace evd::cli
