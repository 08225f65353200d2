#include "core/project.hpp"

#include <type_traits>
#include <utility>

#include "core/ids.hpp"

namespace evd::core {

namespace {

// Calls `emit` with each change. `Record` keeps its value category, so that a record given away is moved from.
template <class Emit>
struct projection {
  Emit& emit;

  void operator()(auto&& record) const {
    using record_type = std::remove_cvref_t<decltype(record)>;
    if constexpr (std::is_same_v<record_type, command_record>) {
      emit(port::insert_command{std::forward<decltype(record)>(record)});
    } else if constexpr (std::is_same_v<record_type, event_record>) {
      emit(port::insert_event{std::forward<decltype(record)>(record)});
    } else if constexpr (std::is_same_v<record_type, attempt_record>) {
      emit(port::insert_attempt{std::forward<decltype(record)>(record)});
    } else if constexpr (std::is_same_v<record_type, outcome_record>) {
      // A first attempt has no dead letter before it: the hot path stays at one change.
      if (record.attempt > 1) {
        emit(port::resolve_dead_letter{derive_dead_letter_id(record.event, record.module, record.subscription),
                                       record.started_at + record.duration});
      }
      emit(port::insert_outcome{std::forward<decltype(record)>(record)});
    } else if constexpr (std::is_same_v<record_type, command_outcome_record>) {
      emit(port::close_command{std::forward<decltype(record)>(record)});
    } else if constexpr (std::is_same_v<record_type, dead_letter_record>) {
      emit(port::open_dead_letter{std::forward<decltype(record)>(record)});
    } else if constexpr (std::is_same_v<record_type, dead_letter_change>) {
      emit(port::change_dead_letter{std::forward<decltype(record)>(record)});
    } else {
      static_assert(std::is_same_v<record_type, subscription_record>);
      emit(port::put_subscription{std::forward<decltype(record)>(record)});
    }
  }
};

}  // namespace

void project(const log_record& record, log_position position, std::vector<port::positioned_change>& changes) {
  const auto emit = [&](port::change change) { changes.push_back({position, std::move(change)}); };
  std::visit(projection<decltype(emit)>{emit}, record);
}

void project(log_record&& record, log_position position, std::vector<port::positioned_change>& changes) {
  const auto emit = [&](port::change change) { changes.push_back({position, std::move(change)}); };
  std::visit(projection<decltype(emit)>{emit}, std::move(record));
}

std::vector<port::change> project(const log_record& record) {
  std::vector<port::change> changes;
  const auto emit = [&](port::change change) { changes.push_back(std::move(change)); };
  std::visit(projection<decltype(emit)>{emit}, record);
  return changes;
}

}  // namespace evd::core
