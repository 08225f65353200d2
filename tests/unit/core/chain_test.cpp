#include "core/chain.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/ids.hpp"

namespace evd::core {
namespace {

using namespace std::chrono_literals;

constexpr timestamp noon{std::chrono::seconds{0x69a97040}};

evd::id numbered(std::uint64_t number) {
  return fresh_command_id(noon, number);
}

// The seed's scene: Blog handles the event and publishes, Comment fails five times.
struct scene {
  port::chain_document chain;

  scene() {
    chain.command.command.id = command_id{numbered(1)};
    chain.command.command.name = "userUpdateNames";
    chain.command.command.accepted_at = noon;
    chain.command.status = command_status::succeeded;
    chain.command.outcome.emplace();
    chain.command.outcome->duration = 3100us;
  }

  event_record& event(std::uint64_t id, std::string subject, std::vector<evd::id> parents, std::chrono::microseconds at,
                      std::string module = "User", std::string subscription = {}) {
    port::event_document document;
    document.event.id = event_id{numbered(id)};
    document.event.subject = std::move(subject);
    document.event.parents = std::move(parents);
    document.event.time = noon + at;
    document.event.module = std::move(module);
    document.event.subscription = std::move(subscription);
    return chain.events.emplace_back(std::move(document)).event;
  }
  void handles(std::uint64_t event, std::string module, std::string subscription, std::chrono::microseconds at) {
    outcome_record outcome;
    outcome.event = event_id{numbered(event)};
    outcome.module = std::move(module);
    outcome.subscription = std::move(subscription);
    outcome.started_at = noon + at;
    outcome.duration = 250us;
    chain.outcomes.push_back(outcome);
  }
  void fails(std::uint64_t event, std::string module, std::string subscription, std::uint32_t number,
             std::chrono::microseconds at) {
    attempt_record attempt;
    attempt.event = event_id{numbered(event)};
    attempt.module = std::move(module);
    attempt.subscription = std::move(subscription);
    attempt.number = number;
    attempt.started_at = noon + at;
    attempt.failure = {"std::runtime_error", "Test Error!!\nmore", ""};
    if (number < 5) attempt.retry_at = noon + at + 1s;
    chain.attempts.push_back(attempt);
  }
  void gives_up(std::uint64_t event, std::string module, std::string subscription, std::chrono::microseconds at) {
    port::dead_letter_document letter;
    letter.dead_letter.id = dead_letter_id{numbered(99)};
    letter.dead_letter.event = event_id{numbered(event)};
    letter.dead_letter.module = std::move(module);
    letter.dead_letter.subscription = std::move(subscription);
    letter.dead_letter.attempts = 5;
    letter.dead_letter.failure = {"std::runtime_error", "Test Error!!", ""};
    letter.dead_letter.at = noon + at;
    chain.dead_letters.push_back(letter);
  }
};

scene seeds_scene() {
  scene it;
  it.event(2, "User.nameUpdated", {numbered(1)}, 1200us).version = 2;
  it.handles(2, "Blog", "updateAuthor", 1800us);
  it.event(3, "Blog.userUpdated", {numbered(2)}, 2300us, "Blog", "updateAuthor");
  for (std::uint32_t number = 1; number <= 5; ++number) it.fails(2, "Comment", "updateAuthor", number, number * 2000us);
  it.gives_up(2, "Comment", "updateAuthor", 15s);
  return it;
}

TEST(chain, of_the_seeds_scene_is_drawn_as_a_tree) {
  EXPECT_EQ(draw_chain(build_chain(seeds_scene().chain)),
            "userUpdateNames               succeeded in 3.10ms  69a970400000000000000001\n"
            "└─ User.nameUpdated           +1.20ms  v2  69a970400000000000000002\n"
            "   ├─ ✓ Blog.updateAuthor     +1.80ms  took 250us\n"
            "   │  └─ Blog.userUpdated     +2.30ms  69a970400000000000000003\n"
            "   └─ ✗ Comment.updateAuthor  +2.00ms  failed 5 times  std::runtime_error: Test Error!!  dead letter  "
            "69a970400000000000000063\n");
}

TEST(chain, can_be_drawn_in_ascii_and_in_color) {
  const auto ascii = draw_chain(build_chain(seeds_scene().chain), {.unicode = false});
  EXPECT_NE(ascii.find("   `- x Comment.updateAuthor"), std::string::npos);
  EXPECT_TRUE(std::all_of(ascii.begin(), ascii.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; }));
  const auto colored = draw_chain(build_chain(seeds_scene().chain), {.color = true});
  EXPECT_NE(colored.find("\x1b[31mdead letter\x1b[0m"), std::string::npos);
}

TEST(chain, shows_what_is_still_being_tried) {
  scene it;
  it.event(2, "A.b", {numbered(1)}, 1ms);
  it.fails(2, "C", "d", 1, 2ms);
  const auto tree = build_chain(it.chain);
  ASSERT_EQ(tree.size(), 3U);
  EXPECT_EQ(tree[2].kind, chain_node_kind::failing);
  EXPECT_EQ(tree[2].retry_at, noon + 2ms + 1s);
}

TEST(chain, a_dead_letter_that_was_handled_later_is_shown_as_handled) {
  scene it;
  it.event(2, "A.b", {numbered(1)}, 1ms);
  it.fails(2, "C", "d", 1, 2ms);
  it.gives_up(2, "C", "d", 3ms);
  it.chain.dead_letters[0].status = dead_letter_status::resolved;
  it.handles(2, "C", "d", 9ms);
  const auto tree = build_chain(it.chain);
  ASSERT_EQ(tree.size(), 3U);
  EXPECT_EQ(tree[2].kind, chain_node_kind::handled);
  EXPECT_EQ(tree[2].dead_letter, dead_letter_status::resolved);
}

TEST(chain, an_event_of_several_parents_stands_below_the_first_and_links_to_the_others) {
  scene it;
  it.event(2, "A.b", {numbered(1)}, 1ms);
  it.event(3, "A.b", {numbered(1)}, 2ms);
  it.event(4, "A.sum", {numbered(2), numbered(3)}, 3ms, "A", "sum");
  const auto tree = build_chain(it.chain);
  ASSERT_EQ(tree.size(), 4U);
  EXPECT_EQ(tree[2].id, numbered(4));
  EXPECT_EQ(tree[2].depth, 2U);
  EXPECT_EQ(tree[2].links, std::vector{numbered(3)});
}

TEST(chain, missing_parents_and_cycles_are_drawn_below_the_command) {
  scene it;
  it.event(6, "Lost.child", {numbered(2)}, 5ms);
  it.event(2, "Lost.one", {numbered(77)}, 1ms);
  it.event(3, "Cycle.one", {numbered(4)}, 2ms);
  it.event(4, "Cycle.two", {numbered(3)}, 3ms);
  it.event(5, "Cycle.self", {numbered(5)}, 4ms);
  const auto tree = build_chain(it.chain);
  ASSERT_EQ(tree.size(), 6U) << "each once";
  EXPECT_EQ(tree[1].name, "Lost.one");
  EXPECT_TRUE(tree[1].detached);
  EXPECT_EQ(tree[2].name, "Lost.child");
  EXPECT_FALSE(tree[2].detached);
  EXPECT_TRUE(tree[3].detached);
  EXPECT_FALSE(tree[4].detached);
  EXPECT_EQ(tree[4].depth, 2U);
  EXPECT_TRUE(tree[5].detached);
}

TEST(chain, of_thousands_of_levels_is_built_and_drawn) {
  scene it;
  for (std::uint64_t i = 2; i < 20'000; ++i) it.event(i, "A.b", {numbered(i - 1)}, std::chrono::microseconds(i));
  const auto tree = build_chain(it.chain);
  EXPECT_EQ(tree.size(), 19'999U);
  EXPECT_EQ(tree.back().depth, 19'998U);
  EXPECT_FALSE(draw_chain(tree).empty());
}

TEST(chain, what_an_exception_says_cannot_drive_the_terminal) {
  scene it;
  it.event(2, "A.b", {numbered(1)}, 1ms);
  it.fails(2, "C", "d", 1, 2ms);
  it.chain.attempts[0].failure.message = "\x1b[2J\tgone";
  EXPECT_EQ(draw_chain(build_chain(it.chain)).find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace evd::core
