#pragma once
/// The conformance suite of `port::store`: every promise its comments make, as a test. Used as `log_suite.hpp` is.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <evd/port/store.hpp>
#include <evd/testing/records.hpp>

// Filters and pages are written with the members that matter alone.
#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
#endif

namespace evd::testing {

/// A store that is new and empty. It can be opened again after it was closed.
class store_place {
 public:
  virtual ~store_place() = default;
  [[nodiscard]] virtual std::unique_ptr<port::store> open() = 0;
};

struct store_case {
  std::string name;
  std::function<std::unique_ptr<store_place>()> make;
};

inline std::string store_case_name(const ::testing::TestParamInfo<store_case>& info) {
  return info.param.name;
}
inline void PrintTo(const store_case& what, std::ostream* out) {
  *out << what.name;
}

class store_suite : public ::testing::TestWithParam<store_case> {
 protected:
  static constexpr std::uint64_t epoch = 1'700'000'000'000'000;

  void SetUp() override {
    place_ = GetParam().make();
    store_ = place_->open();
    ASSERT_TRUE(store_);
  }
  void reopen() {
    store_.reset();
    store_ = place_->open();
    ASSERT_TRUE(store_);
  }

  [[nodiscard]] port::positioned_change at(std::uint64_t sequence, port::change change) const {
    return {{epoch, sequence}, std::move(change)};
  }
  [[nodiscard]] port::positioned_change next(port::change change) { return at(++sequence_, std::move(change)); }
  void apply(const std::vector<port::positioned_change>& changes) {
    const auto done = store_->apply(changes, {{epoch, sequence_}, {}});
    ASSERT_TRUE(done) << done.error().to_string();
  }
  template <class T>
  static T value(result<T> from) {
    EXPECT_TRUE(from) << (from ? "" : from.error().to_string());
    return from ? *std::move(from) : T{};
  }
  event_record add_event(const std::string& subject = "User.nameUpdated", command_id command = command_id{fresh_id()}) {
    auto event = make_event(subject, command);
    apply({next(port::insert_event{event})});
    return event;
  }
  static std::vector<event_id> ids(const std::vector<port::event_document>& documents) {
    std::vector<event_id> all;
    for (const auto& each : documents) all.push_back(each.event.id);
    return all;
  }

  std::unique_ptr<store_place> place_;
  std::unique_ptr<port::store> store_;
  std::uint64_t sequence_ = 0;
};

TEST_P(store_suite, what_is_applied_is_found_as_it_was_also_after_reopening) {
  const auto command = make_command();
  auto event = make_event("User.nameUpdated", command.id);
  event.headers = {{"a", "b"}};
  event.key = "key";
  event.linked = {command_id{fresh_id()}};
  event.not_before = event.time;
  const auto by = make_subscription();
  const auto attempt = make_attempt(event, by);
  const auto letter = make_dead_letter(event, by);
  const auto closing = make_command_outcome(command, command_status::failed);
  apply({next(port::insert_command{command}), next(port::insert_event{event}), next(port::insert_attempt{attempt}),
         next(port::open_dead_letter{letter}), next(port::close_command{closing})});
  reopen();
  const auto found = value(store_->command(command.id));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->command, command);
  EXPECT_EQ(found->status, command_status::failed);
  EXPECT_EQ(found->outcome, closing);
  const auto document = value(store_->event(event.id));
  ASSERT_TRUE(document);
  EXPECT_EQ(document->event, event);
  EXPECT_EQ(document->position, (log_position{epoch, 2}));
  EXPECT_EQ(document->failed_attempts, 1U);
  EXPECT_EQ(document->open_dead_letters, 1U);
  EXPECT_EQ(value(store_->attempts(event.id)), std::vector{attempt});
  const auto dead = value(store_->dead_letter(letter.id));
  ASSERT_TRUE(dead);
  EXPECT_EQ(dead->dead_letter, letter);
  EXPECT_EQ(dead->status, dead_letter_status::open);
}

TEST_P(store_suite, what_is_not_there_is_not_found) {
  EXPECT_FALSE(value(store_->command(command_id{fresh_id()})));
  EXPECT_FALSE(value(store_->event(event_id{fresh_id()})));
  EXPECT_FALSE(value(store_->dead_letter(dead_letter_id{fresh_id()})));
  EXPECT_FALSE(value(store_->chain(fresh_id())));
  EXPECT_TRUE(value(store_->attempts(event_id{fresh_id()})).empty());
}

TEST_P(store_suite, applying_twice_changes_nothing) {
  const auto command = make_command();
  const auto event = make_event("User.nameUpdated", command.id);
  const auto by = make_subscription();
  const std::vector<port::positioned_change> changes{next(port::insert_command{command}),
                                                     next(port::insert_event{event}),
                                                     next(port::insert_attempt{make_attempt(event, by)}),
                                                     next(port::insert_outcome{make_outcome(event, by, 2)}),
                                                     next(port::open_dead_letter{make_dead_letter(event, by)}),
                                                     next(port::close_command{make_command_outcome(command)}),
                                                     next(port::put_subscription{by})};
  apply(changes);
  apply(changes);
  reopen();
  apply(changes);
  const auto totals = value(store_->totals());
  EXPECT_EQ(totals.commands, 1U);
  EXPECT_EQ(totals.events, 1U);
  EXPECT_EQ(totals.attempts, 1U);
  EXPECT_EQ(totals.outcomes, 1U);
  EXPECT_EQ(totals.open_dead_letters, 1U);
  const auto subjects = value(store_->subjects());
  ASSERT_EQ(subjects.size(), 1U);
  EXPECT_EQ(subjects[0].events, 1U);
  EXPECT_EQ(subjects[0].failed_attempts, 1U);
  EXPECT_EQ(subjects[0].open_dead_letters, 1U);
  EXPECT_EQ(subjects[0].version, 2U);
  EXPECT_EQ(subjects[0].last, event.time);
}

TEST_P(store_suite, the_recorders_position_is_kept) {
  EXPECT_EQ(value(store_->recorded()), log_cursor{});
  const log_cursor both{{epoch, 77}, {epoch + 1, 5}};
  ASSERT_TRUE(store_->apply({}, both));
  reopen();
  EXPECT_EQ(value(store_->recorded()), both);
  ASSERT_TRUE(store_->apply({}, {{epoch, 80}, {epoch + 1, 4}}));
  EXPECT_EQ(value(store_->recorded()), (log_cursor{{epoch, 80}, {epoch + 1, 5}})) << "neither goes back";
}

TEST_P(store_suite, a_change_may_come_before_its_document) {
  const auto command = make_command();
  const auto event = make_event("User.nameUpdated", command.id);
  const auto by = make_subscription();
  const auto letter = make_dead_letter(event, by);
  const auto outcome = make_outcome(event, by);
  apply({at(9, port::close_command{make_command_outcome(command)}), at(7, port::insert_outcome{outcome}),
         at(8, port::change_dead_letter{{letter.id, dead_letter_status::dismissed, present(), "ada"}}),
         at(6, port::insert_attempt{make_attempt(event, by)})});
  EXPECT_FALSE(value(store_->command(command.id))) << "not until it is there itself";
  EXPECT_FALSE(value(store_->dead_letter(letter.id)));
  apply(
      {at(1, port::insert_command{command}), at(2, port::insert_event{event}), at(5, port::open_dead_letter{letter})});
  EXPECT_EQ(value(store_->command(command.id))->status, command_status::succeeded);
  const auto dead = value(store_->dead_letter(letter.id));
  ASSERT_TRUE(dead);
  EXPECT_EQ(dead->dead_letter, letter);
  EXPECT_EQ(dead->status, dead_letter_status::dismissed) << "the later change stands";
  EXPECT_EQ(dead->changed_by, "ada");
  EXPECT_EQ(value(store_->totals()).open_dead_letters, 0U);
  const auto chain = value(store_->chain(command.id));
  ASSERT_TRUE(chain);
  EXPECT_EQ(chain->outcomes, std::vector{outcome});
  const auto failed = value(store_->events({.failed_only = true}, {}));
  EXPECT_EQ(ids(failed.items), std::vector{event.id}) << "also when its failure came first";
}

TEST_P(store_suite, a_mutable_document_accepts_only_later_changes) {
  const auto event = add_event();
  const auto by = make_subscription();
  const auto letter = make_dead_letter(event, by);
  const auto status = [&] { return value(store_->dead_letter(letter.id))->status; };
  const auto change = [&](std::uint64_t position, dead_letter_status to) {
    apply({at(position, port::change_dead_letter{{letter.id, to, present(), "ada"}})});
  };
  apply({at(10, port::open_dead_letter{letter})});
  change(12, dead_letter_status::retrying);
  change(11, dead_letter_status::dismissed);
  EXPECT_EQ(status(), dead_letter_status::retrying);
  apply({at(13, port::resolve_dead_letter{letter.id, present()})});
  EXPECT_EQ(status(), dead_letter_status::resolved);
  apply({at(10, port::open_dead_letter{letter})});
  EXPECT_EQ(status(), dead_letter_status::resolved) << "an old one again";
  auto newer = letter;
  newer.attempts = 6;
  apply({at(14, port::open_dead_letter{newer})});
  EXPECT_EQ(status(), dead_letter_status::open) << "it failed once more";
  EXPECT_EQ(value(store_->dead_letter(letter.id))->dead_letter.attempts, 6U);
  EXPECT_EQ(value(store_->totals()).open_dead_letters, 1U);
  change(15, dead_letter_status::dismissed);
  apply({at(16, port::resolve_dead_letter{letter.id, present()})});
  EXPECT_EQ(status(), dead_letter_status::dismissed) << "only open or retrying ones are resolved";
}

TEST_P(store_suite, a_later_epoch_is_later) {
  const auto event = add_event();
  const auto letter = make_dead_letter(event, make_subscription());
  apply({at(1000, port::open_dead_letter{letter}),
         {{epoch + 5, 3}, port::change_dead_letter{{letter.id, dead_letter_status::dismissed, present(), ""}}}});
  EXPECT_EQ(value(store_->dead_letter(letter.id))->status, dead_letter_status::dismissed);
  auto second = make_event();
  apply({{{epoch + 5, 1}, port::insert_event{second}}});
  EXPECT_EQ(value(store_->event(second.id))->position, (log_position{epoch + 5, 1})) << "sequences begin anew";
  EXPECT_EQ(value(store_->event(event.id))->position, (log_position{epoch, 1}));
}

TEST_P(store_suite, a_command_is_closed_once_and_a_known_end_replaces_an_unknown_one) {
  const auto command = make_command();
  const auto close = [&](std::uint64_t position, command_status how) {
    apply({at(position, port::close_command{make_command_outcome(command, how)})});
    return value(store_->command(command.id))->status;
  };
  apply({at(1, port::insert_command{command})});
  EXPECT_EQ(value(store_->command(command.id))->status, command_status::accepted);
  EXPECT_EQ(close(2, command_status::unknown), command_status::unknown);
  EXPECT_EQ(close(3, command_status::succeeded), command_status::succeeded);
  EXPECT_EQ(close(4, command_status::unknown), command_status::succeeded);
  EXPECT_EQ(close(5, command_status::failed), command_status::succeeded);
}

TEST_P(store_suite, pages_show_everything_once_in_either_order) {
  std::vector<event_id> newest_first;
  for (int i = 0; i < 7; ++i) newest_first.insert(newest_first.begin(), add_event().id);
  for (const bool oldest_first : {false, true}) {
    std::vector<event_id> seen;
    port::page_request request{.limit = 3, .after = "", .oldest_first = oldest_first};
    int pages = 0;
    do {
      const auto page = value(store_->events({}, request));
      EXPECT_LE(page.items.size(), 3U);
      for (const auto& id : ids(page.items)) seen.push_back(id);
      request.after = page.next;
      ++pages;
    } while (!request.after.empty() && pages < 10);
    EXPECT_EQ(pages, 3);
    if (oldest_first) std::reverse(seen.begin(), seen.end());
    EXPECT_EQ(seen, newest_first);
  }
  EXPECT_TRUE(value(store_->events({}, {.limit = 7})).next.empty()) << "no next page when there is nothing on it";
}

TEST_P(store_suite, a_page_that_is_none_is_refused) {
  const auto page = store_->events({}, {.after = "not a page"});
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().code, errc::invalid_input);
}

TEST_P(store_suite, events_are_filtered) {
  const command_id chain{fresh_id()};
  const auto first = add_event("User.nameUpdated", chain);
  const auto second = add_event("User.removed");
  const auto third = add_event("Blog.userUpdated", chain);
  const auto by = make_subscription();
  apply({next(port::insert_attempt{make_attempt(second, by)})});
  const auto list = [&](const port::event_filter& filter) {
    return ids(value(store_->events(filter, {.oldest_first = true})).items);
  };
  EXPECT_EQ(list({.subject = "User.nameUpdated"}), std::vector{first.id});
  EXPECT_EQ(list({.subject = "User.*"}), (std::vector{first.id, second.id}));
  EXPECT_EQ(list({.subject = ">"}), (std::vector{first.id, second.id, third.id}));
  EXPECT_EQ(list({.command = chain}), (std::vector{first.id, third.id}));
  EXPECT_EQ(list({.subject = "Blog.>", .command = chain}), std::vector{third.id});
  EXPECT_EQ(list({.failed_only = true}), std::vector{second.id});
  EXPECT_EQ(list({.since = second.time, .until = third.time}), std::vector{second.id});
  EXPECT_FALSE(store_->events({.subject = "no filter"}, {}));
}

TEST_P(store_suite, commands_are_filtered) {
  const auto first = make_command("userUpdateNames");
  const auto second = make_command("userRegister");
  auto third = make_command("blogCreate");
  third.module = "Blog";
  apply({next(port::insert_command{first}), next(port::insert_command{second}), next(port::insert_command{third}),
         next(port::close_command{make_command_outcome(second, command_status::rejected)})});
  const auto list = [&](const port::command_filter& filter) {
    std::vector<command_id> found;
    for (const auto& each : value(store_->commands(filter, {.oldest_first = true})).items)
      found.push_back(each.command.id);
    return found;
  };
  EXPECT_EQ(list({}), (std::vector{first.id, second.id, third.id}));
  EXPECT_EQ(list({.name = "userRegister"}), std::vector{second.id});
  EXPECT_EQ(list({.module = "Blog"}), std::vector{third.id});
  EXPECT_EQ(list({.status = command_status::rejected}), std::vector{second.id});
  EXPECT_EQ(list({.status = command_status::accepted}), (std::vector{first.id, third.id}));
  EXPECT_EQ(list({.since = second.accepted_at, .until = third.accepted_at}), std::vector{second.id});
}

TEST_P(store_suite, dead_letters_are_filtered_and_paged) {
  const auto event = add_event();
  const auto other = add_event("Blog.userUpdated");
  const auto by = make_subscription();
  auto mine = make_subscription("other");
  mine.module = "Comment";
  std::vector<dead_letter_record> letters{make_dead_letter(event, by), make_dead_letter(event, mine),
                                          make_dead_letter(other, by)};
  letters[1].at = letters[0].at;  // several at one time
  for (const auto& each : letters) apply({next(port::open_dead_letter{each})});
  apply({next(port::change_dead_letter{{letters[2].id, dead_letter_status::dismissed, present(), "ada"}})});
  const auto list = [&](const port::dead_letter_filter& filter) {
    return value(store_->dead_letters(filter, {})).items.size();
  };
  EXPECT_EQ(list({}), 3U);
  EXPECT_EQ(list({.module = "Comment"}), 1U);
  EXPECT_EQ(list({.subscription = "updateAuthor"}), 2U);
  EXPECT_EQ(list({.subject = "Blog.userUpdated"}), 1U);
  EXPECT_EQ(list({.status = dead_letter_status::open}), 2U);
  port::page_request request{.limit = 1};
  std::vector<dead_letter_id> seen;
  do {
    const auto page = value(store_->dead_letters({}, request));
    for (const auto& each : page.items) seen.push_back(each.dead_letter.id);
    request.after = page.next;
  } while (!request.after.empty() && seen.size() < 10);
  EXPECT_THAT(seen, ::testing::UnorderedElementsAre(letters[0].id, letters[1].id, letters[2].id));
}

TEST_P(store_suite, a_chain_has_all_that_came_of_its_command) {
  const auto command = make_command();
  auto first = make_event("User.nameUpdated", command.id);
  auto second = make_event("Blog.userUpdated", command.id);
  second.parents = {first.id};
  auto foreign = make_event("Blog.batch");  // of another chain, linked to this one
  foreign.linked = {command.id};
  auto timeless = make_event("Blog.summed", command.id);  // a batch's event: its id has no time
  auto bytes = timeless.id.bytes();
  std::fill_n(bytes.begin(), 4, std::uint8_t{0});
  timeless.id = event_id{id{bytes}};
  const auto unrelated = make_event();
  const auto by = make_subscription();
  const auto attempt = make_attempt(first, by);
  const auto outcome = make_outcome(first, by, 2);
  const auto letter = make_dead_letter(second, by);
  apply({next(port::insert_command{command}), next(port::insert_event{first}), next(port::insert_event{unrelated}),
         next(port::insert_event{second}), next(port::insert_event{foreign}), next(port::insert_event{timeless}),
         next(port::insert_attempt{attempt}), next(port::insert_outcome{outcome}),
         next(port::open_dead_letter{letter})});
  for (const id& asked : {id{command.id}, id{first.id}, id{timeless.id}}) {
    const auto chain = value(store_->chain(asked));
    ASSERT_TRUE(chain);
    EXPECT_EQ(chain->command.command, command);
    EXPECT_EQ(ids(chain->events), (std::vector{first.id, second.id, foreign.id, timeless.id}));
    EXPECT_EQ(chain->attempts, std::vector{attempt});
    EXPECT_EQ(chain->outcomes, std::vector{outcome});
    ASSERT_EQ(chain->dead_letters.size(), 1U);
    EXPECT_EQ(chain->dead_letters[0].dead_letter, letter);
  }
}

TEST_P(store_suite, subscriptions_are_summed_up) {
  auto by = make_subscription();
  by.from_now = true;
  const auto first = add_event();
  const auto second = add_event();
  auto slow = make_outcome(second, by);
  slow.duration = std::chrono::microseconds{2500};
  apply({next(port::insert_outcome{make_outcome(first, by)}), next(port::insert_outcome{slow}),
         next(port::insert_attempt{make_attempt(first, by)}), next(port::open_dead_letter{make_dead_letter(first, by)}),
         next(port::put_subscription{by})});
  auto all = value(store_->subscriptions());
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].subscription, by);
  EXPECT_EQ(all[0].handled, 2U);
  EXPECT_EQ(all[0].failed_attempts, 1U);
  EXPECT_EQ(all[0].open_dead_letters, 1U);
  EXPECT_EQ(all[0].mean_duration, std::chrono::microseconds{2000});
  auto changed = by;
  changed.concurrency = 3;
  const auto position = sequence_;
  apply({at(position - 1, port::put_subscription{changed})});
  EXPECT_EQ(value(store_->subscriptions())[0].subscription, by) << "an older one";
  apply({next(port::put_subscription{changed})});
  EXPECT_EQ(value(store_->subscriptions())[0].subscription, changed);
}

TEST_P(store_suite, a_quarantined_record_is_counted_once) {
  const port::quarantined_record record{
      {epoch, 5}, "event", {R"({"id":"?"})"}, {errc::invalid_input, "decode", "no id", "", {}}, present()};
  ASSERT_TRUE(store_->quarantine(record));
  ASSERT_TRUE(store_->quarantine(record));
  EXPECT_EQ(value(store_->totals()).quarantined, 1U);
}

TEST_P(store_suite, thousands_of_changes_are_applied_at_once) {
  std::vector<port::positioned_change> changes;
  for (int i = 0; i < 3'000; ++i) changes.push_back(next(port::insert_event{make_event("Many.events")}));
  apply(changes);
  EXPECT_EQ(value(store_->totals()).events, 3'000U);
  EXPECT_EQ(value(store_->subjects()).at(0).events, 3'000U);
}

}  // namespace evd::testing

#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif
