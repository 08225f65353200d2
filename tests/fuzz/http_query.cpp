// Query parameters: whatever they are, the outcome is an error or valid JSON.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <evd/json.hpp>

#include "gateway/http/query_parameters.hpp"
#include "gateway/http/target.hpp"

namespace evd::fuzz {

struct nested {
  int number = 0;
};

struct every_kind {
  std::string text;
  std::optional<std::int64_t> number;
  double real = 0;
  bool flag = false;
  std::vector<std::uint8_t> bytes;
  std::optional<std::vector<std::string>> tags;
  std::map<std::string, int> counts;
  nested inner;
  secret password;
};

}  // namespace evd::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto target = evd::gateway::parse_target(text);
  const std::string_view query = target ? std::string_view(target->query) : text;
  const auto json = evd::gateway::query_to_json(query, evd::table_of<evd::fuzz::every_kind>());
  if (!json) return 0;
  if (!evd::check_json(*json)) std::abort();
  (void)evd::from_json<evd::fuzz::every_kind>(*json);
  return 0;
}
