#include "runtime/throw_trace.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <future>
#include <stdexcept>

#include "runtime/failure.hpp"
#include "runtime/worker_pool.hpp"

namespace evd::test {

// What a user's code looks like: outside of the library's namespaces, not inlined.
[[gnu::noinline]] void print_page() {
  throw std::runtime_error("out of paper");
}
[[gnu::noinline]] void print_letter() {
  print_page();
  asm volatile("");  // no tail call: the frame stays
}

namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Runs on a worker, as handlers do.
template <class Work>
failure failure_of(Work work) {
  runtime::worker_pool pool{1};
  std::promise<failure> described;
  pool.post([&] {
    try {
      work();
    } catch (...) {
      described.set_value(runtime::describe_failure(std::current_exception()));
    }
  });
  return described.get_future().get();
}

#ifdef EVD_STACK_TRACES

TEST(throw_trace, names_the_functions_and_lines_that_led_to_the_throw) {
  const auto stack = failure_of(print_letter).stack;
  EXPECT_THAT(stack, HasSubstr("evd::test::print_page()"));
  EXPECT_THAT(stack, HasSubstr("evd::test::print_letter()"));
  EXPECT_THAT(stack, HasSubstr("throw_trace_test.cpp:"));
  EXPECT_LT(stack.find("print_page"), stack.find("print_letter")) << "innermost first";
}

TEST(throw_trace, leaves_out_what_is_between_functions_of_the_user) {
  const std::function<void()> wrapped = print_letter;
  const auto stack = failure_of([&] { wrapped(); }).stack;
  EXPECT_THAT(stack, HasSubstr("print_letter"));
  EXPECT_THAT(stack, Not(HasSubstr("/include/c++/")));
}

TEST(throw_trace, is_of_the_first_throw_when_a_handler_throws_again_what_it_caught) {
  const auto stack = failure_of([] {
                       try {
                         print_letter();
                       } catch (...) {
                         try {
                           throw std::logic_error("while tidying up");
                         } catch (const std::logic_error&) {}
                         throw;
                       }
                     }).stack;
  EXPECT_THAT(stack, HasSubstr("print_page"));
}

TEST(throw_trace, is_not_of_another_exception) {
  const auto stack = failure_of([] {
                       try {
                         print_letter();
                       } catch (const std::exception&) {}
                       throw std::logic_error("something else");
                     }).stack;
  EXPECT_THAT(stack, Not(HasSubstr("print_page")));
}

#endif

TEST(throw_trace, is_empty_for_an_exception_that_was_never_thrown) {
  EXPECT_EQ(runtime::stack_of(std::make_exception_ptr(std::runtime_error("made"))), "");
  EXPECT_EQ(runtime::stack_of(nullptr), "");
}

}  // namespace
}  // namespace evd::test
