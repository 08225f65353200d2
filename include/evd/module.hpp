#pragma once
/// Registering a module's commands, queries and event handlers.
///
/// Handlers are called from several threads at once, so they are const-callable; what they capture they must guard.

#include <concepts>
#include <exception>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include <evd/handler.hpp>
#include <evd/json.hpp>
#include <evd/source_location.hpp>

namespace evd {

namespace detail {

/// The result and the first parameter of a callable that is neither overloaded nor generic.
template <class Callable>
struct signature : signature<decltype(&Callable::operator())> {};
template <class Result, class... Parameters>
struct signature<Result (*)(Parameters...)> {
  using result = Result;
  using input = std::remove_cvref_t<std::tuple_element_t<0, std::tuple<Parameters..., void>>>;
};
template <class Result, class... Parameters>
struct signature<Result (*)(Parameters...) noexcept> : signature<Result (*)(Parameters...)> {};
template <class Class, class Result, class... Parameters>
struct signature<Result (Class::*)(Parameters...) const> : signature<Result (*)(Parameters...)> {};
template <class Class, class Result, class... Parameters>
struct signature<Result (Class::*)(Parameters...) const noexcept> : signature<Result (*)(Parameters...)> {};
template <class Class, class Result, class... Parameters>
struct signature<Result (Class::*)(Parameters...)> : signature<Result (*)(Parameters...)> {};

template <class Callable>
concept has_signature = requires {
  typename signature<std::decay_t<Callable>>::input;
};

/// How a handler is awaited that does not return its value at once. `coroutine.hpp` says it for awaitables.
template <class Result>
struct deferred {
  static constexpr bool is_deferred = false;
  using value = Result;
};

/// Calls `call` and reports its end to `done`; `keep` gets the value, if there is one.
template <class Call, class Keep>
void run_to_end(const Call& call, context& ctx, const Keep& keep, const handler_done& done) {
  using result = std::invoke_result_t<const Call&>;
  try {
    if constexpr (deferred<result>::is_deferred) {
      deferred<result>::start(call(), ctx, keep, done);
      return;
    } else if constexpr (std::is_void_v<result>) {
      call();
    } else {
      keep(call());
    }
  } catch (...) {
    done(std::current_exception());
    return;
  }
  done(nullptr);
}

inline constexpr auto keep_nothing = [](const auto&...) {};

}  // namespace detail

/// Collects what one module does. A module registers through a function, `void register_user(evd::module_builder&,
/// deps&)`, so that its tests can register it alone.
class module_builder {
 public:
  explicit module_builder(module_definition& definition) : definition_(&definition) {}

  [[nodiscard]] const std::string& name() const { return definition_->name; }

  /// A command: `Output handler(const Input&, evd::context&)`; `Output` may be void.
  template <class Handler>
  module_builder& command(std::string_view name, Handler handler, source_location where = source_location::current()) {
    return command(name, command_options{}, std::move(handler), where);
  }
  template <class Handler>
  module_builder& command(std::string_view name, command_options options, Handler handler,
                          source_location where = source_location::current()) {
    definition_->commands.push_back(answering(name, options, false, std::move(handler), where));
    return *this;
  }

  /// A query: as a command, but it only reads. It is not recorded and publishes nothing.
  template <class Handler>
  module_builder& query(std::string_view name, Handler handler, source_location where = source_location::current()) {
    definition_->commands.push_back(answering(name, command_options{}, true, std::move(handler), where));
    return *this;
  }

  /// Handles every `Event`: `void handler(const Event&, evd::context&)`.
  template <event_type Event, class Handler>
  module_builder& on(std::string_view name, Handler handler, source_location where = source_location::current()) {
    return on<Event>(name, options{}, std::move(handler), where);
  }
  template <event_type Event, class Handler>
  module_builder& on(std::string_view name, options how, Handler handler,
                     source_location where = source_location::current()) {
    auto& made = subscription<Event>(name, subscription_kind::single, how, where);
    made.run = single<Event>(std::move(handler));
    return *this;
  }

  /// Handles every event whose subject passes `filter` (`User.*`, `>`), as the log has it:
  /// `void handler(const evd::event_record&, evd::context&)`.
  template <class Handler>
  module_builder& on_subject(std::string_view filter, std::string_view name, Handler handler,
                             source_location where = source_location::current()) {
    return on_subject(filter, name, options{}, std::move(handler), where);
  }
  template <class Handler>
  module_builder& on_subject(std::string_view filter, std::string_view name, options how, Handler handler,
                             source_location where = source_location::current()) {
    auto& made = add(name, filter, subscription_kind::single, how, nullptr, where);
    made.run = single<event_record>(std::move(handler));
    return *this;
  }

  /// Handles the events of one key one after another, in the order of the log, and those of different keys in
  /// parallel; `key` is `Key key(const Event&)`. While one is failing, those behind it wait.
  template <event_type Event, class Key, class Handler>
  module_builder& on_ordered(std::string_view name, Key key, Handler handler,
                             source_location where = source_location::current()) {
    return on_ordered<Event>(name, options{}, std::move(key), std::move(handler), where);
  }
  template <event_type Event, class Key, class Handler>
  module_builder& on_ordered(std::string_view name, options how, Key key, Handler handler,
                             source_location where = source_location::current()) {
    auto& made = subscription<Event>(name, subscription_kind::ordered, how, where);
    made.run = single<Event>(std::move(handler));
    made.key = key_of<Event>(std::move(key));
    return *this;
  }

  /// Handles up to `options.batch` events in one call: `void handler(const evd::batch<Event>&, evd::batch_context&)`.
  template <event_type Event, class Handler>
  module_builder& on_batch(std::string_view name, Handler handler, source_location where = source_location::current()) {
    return on_batch<Event>(name, options{}, std::move(handler), where);
  }
  template <event_type Event, class Handler>
  module_builder& on_batch(std::string_view name, options how, Handler handler,
                           source_location where = source_location::current()) {
    static_assert(
        std::is_invocable_v<const Handler&, const batch<Event>&, batch_context&>,
        "a batch handler is called as handler(const evd::batch<Event>&, evd::batch_context&), const-callable");
    auto& made = subscription<Event>(name, subscription_kind::batch, how, where);
    made.run_batch = [handler = std::move(handler)](const std::string&, std::span<batch_entry> entries,
                                                    batch_context& ctx, const handler_done& done) {
      const batch<Event> events(entries);
      detail::run_to_end([&] { return handler(events, ctx); }, ctx, detail::keep_nothing, done);
    };
    return *this;
  }

  /// As `on_batch`, with one call for each key among them:
  /// `void handler(const std::string& key, const evd::batch<Event>&, evd::batch_context&)`.
  template <event_type Event, class Key, class Handler>
  module_builder& on_group(std::string_view name, Key key, Handler handler,
                           source_location where = source_location::current()) {
    return on_group<Event>(name, options{}, std::move(key), std::move(handler), where);
  }
  template <event_type Event, class Key, class Handler>
  module_builder& on_group(std::string_view name, options how, Key key, Handler handler,
                           source_location where = source_location::current()) {
    static_assert(std::is_invocable_v<const Handler&, const std::string&, const batch<Event>&, batch_context&>,
                  "a group handler is called as handler(const std::string& key, const evd::batch<Event>&, "
                  "evd::batch_context&), const-callable");
    auto& made = subscription<Event>(name, subscription_kind::group, how, where);
    made.key = key_of<Event>(std::move(key));
    made.run_batch = [handler = std::move(handler)](const std::string& of, std::span<batch_entry> entries,
                                                    batch_context& ctx, const handler_done& done) {
      const batch<Event> events(entries);
      detail::run_to_end([&] { return handler(of, events, ctx); }, ctx, detail::keep_nothing, done);
    };
    return *this;
  }

 private:
  template <class Handler>
  static command_definition answering(std::string_view name, command_options options, bool query, Handler handler,
                                      source_location where) {
    static_assert(detail::has_signature<Handler>,
                  "a command handler is a function or lambda with plain parameters: (const Input&, evd::context&)");
    using input = typename detail::signature<Handler>::input;
    static_assert(std::is_invocable_v<const Handler&, const input&, context&>,
                  "a command handler is called as handler(const Input&, evd::context&), const-callable");
    using output = typename detail::deferred<std::invoke_result_t<const Handler&, const input&, context&>>::value;
    command_definition made;
    made.name = name;
    made.options = options;
    made.query = query;
    made.where = where;
    made.input = &table_of<input>();
    if constexpr (!std::is_void_v<output>) made.output = &table_of<output>();
    made.run = [handler = std::move(handler)](const void* erased, context& ctx, std::string& result,
                                              const handler_done& done) {
      const auto& value = *static_cast<const input*>(erased);
      const auto keep = [&result](const auto& answer) { result = to_json(answer); };
      detail::run_to_end([&] { return handler(value, ctx); }, ctx, keep, done);
    };
    return made;
  }

  template <class Event, class Handler>
  static auto single(Handler handler) {
    static_assert(std::is_invocable_v<const Handler&, const Event&, context&>,
                  "an event handler is called as handler(const Event&, evd::context&), const-callable");
    return [handler = std::move(handler)](const void* erased, context& ctx, const handler_done& done) {
      const auto& event = *static_cast<const Event*>(erased);
      detail::run_to_end([&] { return handler(event, ctx); }, ctx, detail::keep_nothing, done);
    };
  }

  template <class Event, class Key>
  static auto key_of(Key key) {
    static_assert(std::is_invocable_v<const Key&, const Event&>, "a key is a member of the event or a function of it");
    return [key = std::move(key)](const void* erased) -> std::string {
      const auto& value = std::invoke(key, *static_cast<const Event*>(erased));
      if constexpr (std::is_convertible_v<decltype(value), std::string_view>) {
        return std::string(std::string_view(value));
      } else {
        return to_json(value);
      }
    };
  }

  template <event_type Event>
  subscription_definition& subscription(std::string_view name, subscription_kind kind, const options& how,
                                        source_location where) {
    const event_info& type = event_info_of<Event>();
    return add(name, type.subject, kind, how, &type, where);
  }

  subscription_definition& add(std::string_view name, std::string_view filter, subscription_kind kind,
                               const options& how, const event_info* type, source_location where) {
    auto& made = definition_->subscriptions.emplace_back();
    made.name = name;
    made.filter = filter;
    made.kind = kind;
    made.options = how;
    made.type = type;
    made.where = where;
    return made;
  }

  module_definition* definition_;
};

}  // namespace evd
