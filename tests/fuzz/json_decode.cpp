// JSON: whatever the bytes are, they are refused, or read and written without a difference.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <evd/json.hpp>

namespace {

void expect(bool holds) {
  if (!holds) std::abort();
}

template <class Record>
void read(std::string_view text, evd::unknown_fields unknown) {
  const auto record = evd::from_json<Record>(text, unknown);
  if (!record) {
    expect(!record.error().problems.empty() && record.error().problems.size() <= evd::max_json_problems);
    (void)record.error().to_string();
    return;
  }
  const auto written = evd::to_json(*record);
  const auto again = evd::from_json<Record>(written);
  expect(again.has_value() && *again == *record);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto checked = evd::check_json(text)) {
    expect(evd::check_json(checked->text).value() == *checked);
    const auto canonical = evd::canonical_json(*checked);
    expect(evd::check_json(canonical).value().text == canonical);
    expect(evd::canonical_json({evd::pretty_json(text)}) == canonical);
  } else {
    // No JSON, and still nothing may happen.
    (void)evd::canonical_json({std::string(text)});
    expect(evd::pretty_json(text).size() <= 200 * (size + 1));
  }
  read<evd::event_record>(text, evd::unknown_fields::refuse);
  read<evd::event_record>(text, evd::unknown_fields::ignore);
  read<evd::subscription_record>(text, evd::unknown_fields::ignore);
  read<evd::command_outcome_record>(text, evd::unknown_fields::ignore);
  (void)evd::from_json<double>(text);
  (void)evd::from_json<std::int64_t>(text);
  return 0;
}
