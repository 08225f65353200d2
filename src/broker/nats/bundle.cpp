#include "broker/nats/bundle.hpp"

#include <array>

#include <evd/json.hpp>

namespace evd::broker_nats {

namespace {

// In the order of `journal_record`.
constexpr std::array<std::string_view, 6> kinds{"attempt",    "outcome",          "commandOutcome",
                                                "deadLetter", "deadLetterChange", "subscription"};
static_assert(kinds.size() == std::variant_size_v<journal_record>);

template <std::size_t Index>
result<log_record> read_as(std::string_view text) {
  auto record = from_json<std::variant_alternative_t<Index, journal_record>>(text, unknown_fields::ignore);
  if (!record) return std::move(record).error();
  return log_record{*std::move(record)};
}

using reader = result<log_record> (*)(std::string_view);
constexpr std::array<reader, kinds.size()> readers{read_as<0>, read_as<1>, read_as<2>,
                                                   read_as<3>, read_as<4>, read_as<5>};

// {"kind":record}
result<log_record> read_line(std::string_view line, std::string& kind) {
  const auto malformed = [&] {
    return error{errc::invalid_input, "read journal", "a line is not of the form {\"kind\":{...}}", "", {}};
  };
  if (!line.starts_with("{\"") || !line.ends_with('}')) return malformed();
  const auto end = line.find("\":", 2);
  if (end == std::string_view::npos) return malformed();
  kind = line.substr(2, end - 2);
  const auto record = line.substr(end + 2, line.size() - end - 3);
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    if (kinds[i] == kind) return readers[i](record);
  }
  return error{errc::invalid_input,
               "read journal",
               "records of kind '" + kind + "' are not known to this build",
               "a newer version wrote it: update this instance",
               {}};
}

}  // namespace

void append_line(std::string& bundle, const journal_record& record) {
  bundle.append("{\"").append(kinds[record.index()]).append("\":");
  std::visit([&](const auto& one) { append_json(table_of<std::decay_t<decltype(one)>>(), &one, bundle); }, record);
  bundle.append("}\n");
}

bundle_content read_bundle(std::string_view data) {
  bundle_content content;
  while (!data.empty()) {
    const auto end = data.find('\n');
    const auto line = data.substr(0, end);
    if (!line.empty()) {
      std::string kind;
      auto record = read_line(line, kind);
      if (record) {
        content.records.push_back(*std::move(record));
      } else {
        content.unreadable.push_back({std::move(kind), std::string(line), std::move(record).error()});
      }
    }
    if (end == std::string_view::npos) break;
    data.remove_prefix(end + 1);
  }
  return content;
}

}  // namespace evd::broker_nats
