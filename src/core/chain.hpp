#pragma once
/// A command and everything that came of it, as a tree to look at.
///
/// The command stands on top, below it the events it published, below each event what the subscriptions made of it, and
/// below a subscription the events it published. A chain is a graph: an event of a batch has several parents. It stands
/// below the first; the others are its links. Whatever a store may hold is drawn: an event whose parent is missing, or
/// that is among its own ancestors, stands below the command, marked as `detached`.
///
/// Threads: pure.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <evd/id.hpp>
#include <evd/port/store.hpp>
#include <evd/record.hpp>

namespace evd::core {

enum class chain_node_kind : std::uint8_t {
  command,
  event,
  handled,      ///< a subscription has handled the event above
  failing,      ///< its attempts have failed so far; another is to come
  dead_letter,  ///< it has given up
};

struct chain_node {
  chain_node_kind kind = chain_node_kind::event;
  std::size_t depth = 0;               ///< 0: the command
  evd::id id;                          ///< of command, event or dead letter; none for the others
  std::string name;                    ///< the command's name, the subject, or `Module.subscription`
  std::chrono::microseconds offset{};  ///< since the command was accepted
  std::optional<std::chrono::microseconds> duration;
  std::uint32_t version = 0;            ///< of an event
  std::uint32_t failed_attempts = 0;    ///< of a subscription
  std::optional<evd::failure> failure;  ///< the last one
  std::optional<timestamp> retry_at;
  std::optional<dead_letter_status> dead_letter;
  std::optional<command_status> status;  ///< of the command
  std::vector<evd::id> links;            ///< further parents
  bool detached = false;
};

/// The nodes in the order of drawing: each before its children.
using chain_tree = std::vector<chain_node>;

/// Siblings are in the order of time, subscriptions before events.
[[nodiscard]] chain_tree build_chain(const port::chain_document& chain);

struct draw_options {
  bool color = false;   ///< ANSI escapes
  bool unicode = true;  ///< lines and marks; otherwise ASCII
};

/// One line a node, with a line end each.
[[nodiscard]] std::string draw_chain(const chain_tree& tree, const draw_options& options = {});

}  // namespace evd::core
