#pragma once
/// Given, when, then: a module's logic tested without a broker.
///
///     evd::testing::scenario(register_user, users)
///         .given(user_registered{"u1"})
///         .when("userUpdateNames", update_names{"u1", "Ada", "Lovelace"})
///         .then(name_updated{"u1", "Ada", "Lovelace"});
///
/// Works in any test framework: a step that does not hold throws `scenario_failure`, whose text shows both sides as
/// JSON.

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <evd/event.hpp>
#include <evd/export.hpp>
#include <evd/json.hpp>
#include <evd/module.hpp>

namespace evd::testing {

class EVD_API scenario_failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// An event as a scenario compares it.
struct shown_event {
  std::string subject;
  json_text data;
  friend bool operator==(const shown_event&, const shown_event&) = default;
};

/// One module, registered alone, its handlers called directly, on the caller's thread.
class EVD_API scenario {
 public:
  /// `register_module` is called as `register_module(builder, deps...)`; what it captures of `deps` must outlive this.
  template <class Register, class... Deps>
  explicit scenario(Register&& register_module, Deps&&... deps) : scenario() {
    module_builder builder(definition());
    std::forward<Register>(register_module)(builder, std::forward<Deps>(deps)...);
  }
  scenario(scenario&&) noexcept;
  scenario& operator=(scenario&&) noexcept;
  ~scenario();

  /// What happened before: the module's own handlers of these events run, in this order; what they publish is dropped.
  template <event_type... Events>
  scenario& given(const Events&... events) {
    (deliver(event_info_of<Events>(), &events, step::given), ...);
    return *this;
  }

  /// Who calls the commands that follow.
  scenario& as(std::string_view caller);

  /// Calls a command or query. Without an input, `{}`.
  template <class Input>
  scenario& when(std::string_view command, const Input& input) {
    call(command, table_of<Input>(), &input);
    return *this;
  }
  scenario& when_json(std::string_view command, std::string_view input);

  /// Delivers an event to the module's handlers of it.
  template <event_type Event>
  scenario& when(const Event& event) {
    deliver(event_info_of<Event>(), &event, step::when);
    return *this;
  }

  /// Exactly these events were published, in this order; none: nothing was.
  template <event_type... Events>
  scenario& then(const Events&... events) {
    expect({shown_event{std::string(Events::event.subject), json_text{to_json(events)}}...});
    return *this;
  }

  /// The command answered this.
  template <class Answer>
  scenario& then_answers(const Answer& answer) {
    expect_answer(to_json(answer));
    return *this;
  }

  /// The handler threw, and its message contains `text`. What it had collected is not published.
  scenario& then_fails(std::string_view text);

 private:
  enum class step : std::uint8_t { given, when };
  struct state;

  scenario();
  module_definition& definition();
  void deliver(const event_info& type, const void* event, step which);
  void call(std::string_view command, const type_table& type, const void* input);
  void expect(const std::vector<shown_event>& events);
  void expect_answer(const std::string& answer);

  std::unique_ptr<state> state_;
};

}  // namespace evd::testing
