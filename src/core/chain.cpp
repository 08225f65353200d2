#include "core/chain.hpp"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace evd::core {

namespace {

using std::chrono::microseconds;

// What one subscription made of one event, gathered from attempts, outcome and dead letter.
struct handling {
  const outcome_record* outcome = nullptr;
  const attempt_record* last_failure = nullptr;
  const port::dead_letter_document* given_up = nullptr;
  std::uint32_t failures = 0;
  timestamp began = timestamp::max();
};

class builder {
 public:
  explicit builder(const port::chain_document& chain) : chain_(chain), start_(chain.command.command.accepted_at) {
    for (const auto& event : chain.events) {
      const auto& record = event.event;
      ids_.insert(record.id);
      const evd::id parent = record.parents.empty() ? evd::id{record.command} : record.parents.front();
      children_[parent].push_back(&record);
    }
    gather_handlings();
  }

  chain_tree build() {
    add_command();
    // First those whose parent is missing, with all that is below them; what is left then are circles.
    for (const bool circles : {false, true}) {
      for (const auto& event : chain_.events) {
        const auto& record = event.event;
        const bool orphan = record.parents.empty() || ids_.count(record.parents.front()) == 0;
        if (seen_.count(record.id) != 0 || (!orphan && !circles)) continue;
        add_event(record, 1, true);
        walk();
      }
    }
    return std::move(tree_);
  }

 private:
  // A node to be added, with all that is below it. Kept on a stack of our own: a chain may be deeper than a thread's.
  struct pending {
    const event_record* event = nullptr;  // null: a handling
    const event_record* of = nullptr;
    const subscription_key* by = nullptr;
    const handling* what = nullptr;
    std::size_t depth = 0;
  };

  void gather_handlings() {
    for (const auto& attempt : chain_.attempts) {
      auto& entry = handlings_[attempt.event][{attempt.module, attempt.subscription}];
      ++entry.failures;
      entry.began = std::min(entry.began, attempt.started_at);
      if (entry.last_failure == nullptr || entry.last_failure->number <= attempt.number) entry.last_failure = &attempt;
    }
    for (const auto& outcome : chain_.outcomes) {
      auto& entry = handlings_[outcome.event][{outcome.module, outcome.subscription}];
      entry.outcome = &outcome;
      entry.began = std::min(entry.began, outcome.started_at);
    }
    for (const auto& letter : chain_.dead_letters) {
      auto& entry = handlings_[letter.dead_letter.event][{letter.dead_letter.module, letter.dead_letter.subscription}];
      entry.given_up = &letter;
      entry.began = std::min(entry.began, letter.dead_letter.at);
    }
  }

  void add_command() {
    const auto& command = chain_.command;
    chain_node node;
    node.kind = chain_node_kind::command;
    node.id = command.command.id;
    node.name = command.command.name;
    node.status = command.status;
    if (command.outcome) {
      node.duration = command.outcome->duration;
      node.failure = command.outcome->failure;
    }
    tree_.push_back(std::move(node));
    push_events(command.command.id, nullptr, 1);
    walk();
  }

  void walk() {
    while (!stack_.empty()) {
      const auto next = stack_.back();
      stack_.pop_back();
      if (next.event != nullptr) {
        if (seen_.count(next.event->id) == 0) add_event(*next.event, next.depth, false);
      } else {
        add_handling(next);
      }
    }
  }

  void add_event(const event_record& event, std::size_t depth, bool detached) {
    seen_.insert(event.id);
    chain_node node;
    node.kind = chain_node_kind::event;
    node.depth = depth;
    node.id = event.id;
    node.name = event.subject;
    node.version = event.version;
    node.offset = event.time - start_;
    node.detached = detached;
    if (event.parents.size() > 1) node.links.assign(event.parents.begin() + 1, event.parents.end());
    tree_.push_back(std::move(node));

    push_events(event.id, &event, depth + 1);
    const auto found = handlings_.find(event.id);
    if (found == handlings_.end()) return;
    std::vector<pending> handlings;
    for (const auto& [key, what] : found->second) handlings.push_back({nullptr, &event, &key, &what, depth + 1});
    std::stable_sort(handlings.begin(), handlings.end(),
                     [](const auto& a, const auto& b) { return a.what->began > b.what->began; });
    stack_.insert(stack_.end(), handlings.begin(), handlings.end());
  }

  // Events below `parent`: all of a command; of an event, those whose publisher has no node below it.
  void push_events(const evd::id& parent, const event_record* of, std::size_t depth) {
    push(parent, depth, [&](const event_record& event) { return of == nullptr || !has_handling(*of, event); });
  }

  void add_handling(const pending& what) {
    const auto& [outcome, last_failure, given_up, failures, began] = *what.what;
    const bool unresolved = given_up != nullptr && given_up->status != dead_letter_status::resolved;
    chain_node node;
    node.depth = what.depth;
    node.name = what.by->to_string();
    node.failed_attempts = failures;
    if (last_failure != nullptr) node.failure = last_failure->failure;
    if (given_up != nullptr) {
      node.id = given_up->dead_letter.id;
      node.dead_letter = given_up->status;
      node.failed_attempts = std::max(failures, given_up->dead_letter.attempts);
      node.failure = given_up->dead_letter.failure;
    }
    node.offset = began - start_;
    if (outcome != nullptr && !(unresolved && given_up->dead_letter.at > outcome->started_at)) {
      node.kind = chain_node_kind::handled;
      node.duration = outcome->duration;
    } else if (given_up != nullptr) {
      node.kind = chain_node_kind::dead_letter;
    } else {
      node.kind = chain_node_kind::failing;
      if (last_failure != nullptr) node.retry_at = last_failure->retry_at;
    }
    tree_.push_back(std::move(node));
    push(what.of->id, what.depth + 1, [&](const event_record& event) {
      return event.module == what.by->module && event.subscription == what.by->name;
    });
  }

  bool has_handling(const event_record& parent, const event_record& event) const {
    const auto found = handlings_.find(parent.id);
    return found != handlings_.end() && found->second.count({event.module, event.subscription}) != 0;
  }

  void push(const evd::id& parent, std::size_t depth, const auto& wanted) {
    const auto found = children_.find(parent);
    if (found == children_.end()) return;
    std::vector<const event_record*> chosen;
    std::copy_if(found->second.begin(), found->second.end(), std::back_inserter(chosen),
                 [&](const event_record* event) { return wanted(*event); });
    // The stack gives back the last first.
    std::stable_sort(chosen.begin(), chosen.end(), [](const auto* a, const auto* b) { return a->time < b->time; });
    std::for_each(chosen.rbegin(), chosen.rend(), [&](const event_record* event) {
      stack_.push_back({event, nullptr, nullptr, nullptr, depth});
    });
  }

  const port::chain_document& chain_;
  timestamp start_;
  std::unordered_map<evd::id, std::vector<const event_record*>> children_;
  std::unordered_map<evd::id, std::map<subscription_key, handling>> handlings_;
  std::unordered_set<evd::id> ids_;
  std::unordered_set<evd::id> seen_;
  std::vector<pending> stack_;
  chain_tree tree_;
};

}  // namespace

chain_tree build_chain(const port::chain_document& chain) {
  return builder(chain).build();
}

}  // namespace evd::core
