#include <gmock/gmock.h>

#include <unistd.h>

#include <atomic>
#include <csignal>
#include <future>
#include <thread>

#include "unit/assembly/application.hpp"

namespace evd::tests {
namespace {

using std::chrono::milliseconds;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

struct order {
  std::string id;
  int amount = 0;
};
struct ordered {
  static constexpr evd::event event{"Shop.ordered", 1};
  std::string id;
  int amount = 0;
};
struct paid {
  static constexpr evd::event event{"Payment.paid", 1};
  std::string id;
};
struct receipt_view {
  std::string order_id;
};

void register_shop(module_builder& shop) {
  shop.command("order", [](const order& input, context& ctx) -> receipt_view {
    if (input.amount < 0) throw rejected("an order of less than nothing");
    ctx.publish(ordered{input.id, input.amount});
    return {input.id};
  });
}

TEST_F(application_test, a_command_starts_a_chain_that_is_recorded_whole) {
  register_shop(application->module("Shop"));
  application->module("Payment").on<ordered>("collect",
                                             [](const ordered& event, context& ctx) { ctx.publish(paid{event.id}); });
  application->module("Mail").on<paid>("thank", [this](const paid& event, context&) { seen.note(event.id); });
  start();

  const auto reply = call("order", R"({"id":"o1","amount":3})");
  EXPECT_EQ(reply.status, command_status::succeeded);
  EXPECT_EQ(reply.result, R"({"orderId":"o1"})");
  wait_until_idle();

  EXPECT_THAT(seen.lines(), ElementsAre("o1"));
  const auto chain = application->store().chain(reply.id);
  ASSERT_TRUE(chain && *chain);
  EXPECT_EQ((*chain)->command.status, command_status::succeeded);
  EXPECT_THAT((*chain)->events, SizeIs(2));
  EXPECT_THAT((*chain)->outcomes, SizeIs(2));
  EXPECT_THAT((*chain)->attempts, IsEmpty());
}

TEST_F(application_test, a_rejected_command_is_recorded_and_publishes_nothing) {
  register_shop(application->module("Shop"));
  start();
  const auto reply = application->call("order", R"({"id":"o1","amount":-1})");
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, errc::rejected);
  EXPECT_THAT(reply.error().detail, HasSubstr("less than nothing"));
  const auto totals = application->store().totals();
  ASSERT_TRUE(totals);
  EXPECT_EQ(totals->commands, 1U);
  EXPECT_EQ(totals->events, 0U);
}

TEST_F(application_test, an_input_with_mistakes_is_refused_with_all_of_them_and_not_recorded) {
  register_shop(application->module("Shop"));
  start();
  const auto reply = application->call("order", R"({"id":7,"surprise":true})");
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, errc::invalid_input);
  EXPECT_THAT(reply.error().problems, SizeIs(3));  // id of a wrong type, amount missing, surprise unknown
  EXPECT_EQ(application->store().totals().value().commands, 0U);
  EXPECT_EQ(application->call("nothing", "{}").error().code, errc::not_found);
}

TEST_F(application_test, a_failing_handler_is_tried_five_times_and_then_dead_lettered_once) {
  register_shop(application->module("Shop"));
  std::promise<dead_letter_record> told;
  application->on_dead_letter([&](const dead_letter_record& letter) { told.set_value(letter); });
  application->module("Mail").on<ordered>("notify", quick(), [this](const ordered&, context& ctx) {
    seen.note(std::to_string(ctx.attempt()));
    throw std::runtime_error("Test Error!!");
  });
  start();
  const auto reply = call("order", R"({"id":"o1","amount":3})");
  const auto letter = told.get_future().get();
  EXPECT_EQ(letter.attempts, 5U);
  EXPECT_EQ(letter.failure.message, "Test Error!!");
  EXPECT_EQ(letter.failure.type, "std::runtime_error");
  wait_until_idle();
  EXPECT_THAT(seen.lines(), ElementsAre("1", "2", "3", "4", "5"));

  const auto chain = application->store().chain(reply.id).value().value();
  EXPECT_THAT(chain.attempts, SizeIs(5));
  ASSERT_THAT(chain.dead_letters, SizeIs(1));
  EXPECT_EQ(chain.dead_letters[0].status, dead_letter_status::open);
  EXPECT_EQ(chain.dead_letters[0].dead_letter.id, letter.id);
}

TEST_F(application_test, a_retried_dead_letter_reaches_its_subscription_alone_and_is_resolved) {
  register_shop(application->module("Shop"));
  std::atomic<bool> broken = true;
  std::promise<dead_letter_record> told;
  application->on_dead_letter([&](const dead_letter_record& letter) { told.set_value(letter); });
  application->module("Mail").on<ordered>("notify", quick(2), [&](const ordered&, context&) {
    seen.note("mail");
    if (broken) throw std::runtime_error("no stamps");
  });
  application->module("Stock").on<ordered>("reserve", [&](const ordered&, context&) { seen.note("stock"); });
  start();
  const auto reply = call("order", R"({"id":"o1","amount":3})");
  const auto letter = told.get_future().get();
  wait_until_idle();
  broken = false;

  for (int asked = 0; asked < 2; ++asked) {
    port::write retry;
    const auto now = std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
    retry.journal.emplace_back(dead_letter_change{letter.id, dead_letter_status::retrying, now, "test"});
    retry.retries.push_back(
        {letter.event, letter.command, letter.module, letter.subscription, letter.attempts + 1, now});
    std::promise<void> done;
    application->log().commit(retry, [&](const result<port::receipt>& receipt) {
      EXPECT_TRUE(receipt.has_value());
      done.set_value();
    });
    done.get_future().wait();
    if (asked == 0) wait_until_idle();
  }
  wait_until_idle();
  const auto chain = application->store().chain(reply.id).value().value();
  EXPECT_EQ(chain.dead_letters.at(0).status, dead_letter_status::resolved);
  EXPECT_EQ(std::count(chain.outcomes.begin(), chain.outcomes.end(), chain.outcomes.at(0)), 1);
  const auto lines = seen.lines();
  EXPECT_EQ(std::count(lines.begin(), lines.end(), "stock"), 1);
  EXPECT_EQ(std::count(lines.begin(), lines.end(), "mail"), 3)
      << "two attempts, one retry; asking again changes nothing";
}

TEST_F(application_test, a_permanent_error_dead_letters_at_once) {
  register_shop(application->module("Shop"));
  application->module("Mail").on<ordered>("notify", quick(), [this](const ordered&, context&) {
    seen.note("ran");
    throw permanent_error("no such address");
  });
  start();
  const auto reply = call("order", R"({"id":"o1","amount":3})");
  wait_until_idle();
  const auto chain = application->store().chain(reply.id).value().value();
  ASSERT_THAT(chain.dead_letters, SizeIs(1));
  EXPECT_EQ(chain.dead_letters[0].dead_letter.reason, dead_letter_reason::permanent);
  EXPECT_THAT(seen.lines(), SizeIs(1));
}

TEST_F(application_test, what_a_failed_attempt_published_is_nowhere) {
  register_shop(application->module("Shop"));
  application->module("Payment").on<ordered>("collect", quick(), [](const ordered& event, context& ctx) {
    ctx.publish(paid{event.id + " attempt " + std::to_string(ctx.attempt())});
    if (ctx.attempt() < 3) throw std::runtime_error("declined");
  });
  application->module("Mail").on<paid>("thank", [this](const paid& event, context&) { seen.note(event.id); });
  start();
  call("order", R"({"id":"o1","amount":3})");
  wait_until_idle();
  EXPECT_THAT(seen.lines(), ElementsAre("o1 attempt 3"));
}

TEST_F(application_test, a_handler_over_its_time_limit_is_asked_to_stop_and_has_failed) {
  register_shop(application->module("Shop"));
  auto how = quick(1);
  how.time_limit = milliseconds(100);
  application->module("Mail").on<ordered>("slow", how, [this](const ordered&, context& ctx) {
    while (!ctx.stop_token().stop_requested()) std::this_thread::sleep_for(milliseconds(1));
    seen.note("stopped");
  });
  start();
  const auto reply = call("order", R"({"id":"o1","amount":3})");
  wait_until_idle();
  EXPECT_THAT(seen.lines(), ElementsAre("stopped"));
  const auto chain = application->store().chain(reply.id).value().value();
  ASSERT_THAT(chain.dead_letters, SizeIs(1));
  EXPECT_THAT(chain.dead_letters[0].dead_letter.failure.message, HasSubstr("time_limit"));
}

TEST_F(application_test, middlewares_run_around_commands_and_events_from_the_outside_in) {
  register_shop(application->module("Shop"));
  application->module("Mail").on<ordered>("notify", [this](const ordered&, context&) { seen.note("handler"); });
  for (const std::string name : {"outer", "inner"}) {
    application->use([this, name](const invocation& call, const auto& next, handler_done done) {
      seen.note(name + " " + call.name);
      next([this, name, done = std::move(done)](const std::exception_ptr& thrown) {
        seen.note(name + " done");
        done(thrown);
      });
    });
  }
  start();
  call("order", R"({"id":"o1","amount":3})");
  wait_until_idle();
  EXPECT_THAT(seen.lines(), ElementsAre("outer order", "inner order", "inner done", "outer done", "outer notify",
                                        "inner notify", "handler", "inner done", "outer done"));
}

TEST_F(application_test, a_wildcard_subscription_gets_events_as_the_log_has_them) {
  register_shop(application->module("Shop"));
  application->module("Audit").on_subject("Shop.>", "all", [this](const event_record& event, context&) {
    seen.note(event.subject + " " + event.data.text);
  });
  start();
  call("order", R"({"id":"o1","amount":3})");
  wait_until_idle();
  EXPECT_THAT(seen.lines(), ElementsAre(R"(Shop.ordered {"id":"o1","amount":3})"));
}

TEST_F(application_test, a_delayed_event_comes_later_and_a_key_makes_it_one) {
  struct remind {
    std::string id;
  };
  application->module("Shop").command("remind", [](const remind& input, context& ctx) {
    ctx.publish(paid{input.id + " a"}, {.key = "once", .delay = milliseconds(50)});
    ctx.publish(paid{input.id + " b"}, {.key = "once", .delay = milliseconds(50)});
  });
  const auto begin = std::chrono::steady_clock::now();
  std::promise<std::chrono::steady_clock::duration> came;
  application->module("Mail").on<paid>("thank", [&](const paid& event, context&) {
    seen.note(event.id);
    came.set_value(std::chrono::steady_clock::now() - begin);
  });
  start();
  call("remind", R"({"id":"o1"})");
  EXPECT_GE(came.get_future().get(), milliseconds(50));
  wait_until_idle();
  EXPECT_THAT(seen.lines(), ElementsAre("o1 a"));
}

TEST_F(application_test, stopping_waits_for_what_runs_and_hands_nothing_out_again) {
  register_shop(application->module("Shop"));
  std::promise<void> running;
  std::promise<void> go_on;
  application->module("Mail").on<ordered>("notify", [&](const ordered&, context&) {
    running.set_value();
    go_on.get_future().wait();
    seen.note("finished");
  });
  start();
  call("order", R"({"id":"o1","amount":3})");
  running.get_future().wait();
  std::thread ending([&] { application->stop(); });
  go_on.set_value();
  ending.join();
  EXPECT_THAT(seen.lines(), ElementsAre("finished"));

  remake();
  register_shop(application->module("Shop"));
  application->module("Mail").on<ordered>("notify", [&](const ordered&, context&) { seen.note("again"); });
  start();
  wait_until_idle();
  EXPECT_THAT(seen.lines(), ElementsAre("finished"));
}

// A handler that ignored its stop token kept the process alive for ever: its thread was joined.
TEST_F(application_test, a_handler_that_never_ends_does_not_keep_the_process_from_ending) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  register_shop(application->module("Shop"));
  start();
  ASSERT_TRUE(application->call("order", R"({"id":"a","amount":1})"));
  application->stop();

  settings.drain = milliseconds(50);
  remake();
  application->module("Payment").on<ordered>("collect", [](const ordered&, context&) {
    ::kill(::getpid(), SIGTERM);
    while (true) std::this_thread::sleep_for(std::chrono::seconds(1));
  });
  EXPECT_EXIT(std::_Exit(application->run()), testing::ExitedWithCode(1), "the process ends without them");
}

TEST_F(application_test, mistakes_in_registration_keep_it_from_starting_and_come_all_at_once) {
  auto& shop = application->module("Shop");
  register_shop(shop);
  register_shop(shop);
  shop.on<ordered>("x", options{.attempts = 0}, [](const ordered&, context&) {});
  const auto started = application->start();
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, errc::invalid_configuration);
  EXPECT_THAT(started.error().problems, SizeIs(2));
}

TEST_F(application_test, a_durable_command_is_answered_when_recorded_and_run_by_a_consumer) {
  application->module("Shop").command("order", command_options{.durable = true}, [](const order& input, context& ctx) {
    ctx.publish(ordered{input.id, input.amount});
  });
  application->module("Mail").on<ordered>("notify", [this](const ordered& event, context&) { seen.note(event.id); });
  start();
  const auto reply = call("order", R"({"id":"o1","amount":3})");
  EXPECT_EQ(reply.status, command_status::accepted);
  wait_until_idle();
  EXPECT_THAT(seen.lines(), ElementsAre("o1"));
  EXPECT_EQ(application->store().command(reply.id).value().value().status, command_status::succeeded);
}

TEST_F(application_test, a_store_apart_from_the_log_is_filled_by_the_recorder) {
  settings.store = "embedded:" + (folder.path / "store.db").string();
  remake();
  register_shop(application->module("Shop"));
  application->module("Mail").on<ordered>("notify", quick(2), [](const ordered& event, context&) {
    if (event.amount == 13) throw std::runtime_error("bad luck");
  });
  start();
  for (int i = 10; i < 20; ++i) call("order", R"({"id":"o","amount":)" + std::to_string(i) + "}");
  wait_until_idle();
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  port::store_totals totals;
  while (totals.outcomes < 9 || totals.open_dead_letters < 1) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline) << totals.events << " " << totals.outcomes;
    totals = application->store().totals().value();
    std::this_thread::yield();
  }
  EXPECT_EQ(totals.commands, 10U);
  EXPECT_EQ(totals.events, 10U);
  EXPECT_EQ(totals.attempts, 2U);
}

}  // namespace
}  // namespace evd::tests
