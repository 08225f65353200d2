#pragma once
/// Handlers that are coroutines: `boost::asio::awaitable<void>` beside plain functions.
///
/// Include it where such a handler is registered. A coroutine holds a thread only while it computes, so that thousands
/// may wait at once; `concurrency` bounds them. What it captures must outlive the application; its event and context
/// live until it has finished.
///
/// GCC 12 destroys some temporaries twice in an expression with `co_await`: name a value first, then await with it.
/// `ctx.publish` is no coroutine and needs no such care.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>

#include <evd/export.hpp>
#include <evd/module.hpp>

namespace evd {

/// Where the handler's coroutine runs: the application's worker threads. For timers and sockets of its own.
[[nodiscard]] EVD_API boost::asio::any_io_executor executor_of(context& ctx);

namespace detail {

template <class Value>
struct deferred<boost::asio::awaitable<Value>> {
  static constexpr bool is_deferred = true;
  using value = Value;

  template <class Keep>
  static void start(boost::asio::awaitable<Value> running, context& ctx, const Keep& keep, const handler_done& done) {
    boost::asio::co_spawn(executor_of(ctx), std::move(running),
                          [keep, done](std::exception_ptr thrown, const Value& answer) {
                            if (!thrown) keep(answer);
                            done(thrown);
                          });
  }
};

template <>
struct deferred<boost::asio::awaitable<void>> {
  static constexpr bool is_deferred = true;
  using value = void;

  template <class Keep>
  static void start(boost::asio::awaitable<void> running, context& ctx, const Keep&, const handler_done& done) {
    boost::asio::co_spawn(executor_of(ctx), std::move(running),
                          [done](const std::exception_ptr& thrown) { done(thrown); });
  }
};

}  // namespace detail
}  // namespace evd
