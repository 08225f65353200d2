// An event of 256 bytes from JSON to its struct and back, beside code written by hand for that one struct.

#include <fmt/compile.h>
#include <fmt/format.h>
#include <simdjson.h>

#include <iterator>
#include <stdexcept>

#include <evd/event.hpp>
#include <evd/json.hpp>

#include "end_to_end/events.hpp"
#include "parts/part.hpp"

namespace evd::bench {
namespace {

void decode(benchmark::State& state) {
  const auto text = to_json(order_placed{sample_order(1)});
  for (auto _ : state) {
    auto value = decode_event(event_info_of<order_placed>(), order_placed::event.version, text);
    benchmark::DoNotOptimize(value);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
const part decode_part{"json-decode", decode};

order_placed read_by_hand(simdjson::ondemand::parser& parser, const simdjson::padded_string& text) {
  order_placed read;
  auto& order = read.order;
  auto document = parser.iterate(text);
  simdjson::ondemand::object object = document.find_field("order").get_object();
  order.number = object.find_field("number").get_int64();
  order.customer_id = std::string_view{object.find_field("customerId").get_string()};
  order.currency = std::string_view{object.find_field("currency").get_string()};
  order.total = object.find_field("total").get_double();
  order.items = static_cast<std::int32_t>(std::int64_t{object.find_field("items").get_int64()});
  order.gift = object.find_field("gift").get_bool();
  order.placed_at = parse_rfc3339(object.find_field("placedAt").get_string().value()).value();
  order.note = std::string_view{object.find_field("note").get_string()};
  return read;
}

// simdjson, which checks what it passes over no further than it must, and wants room behind the text.
void decode_by_hand(benchmark::State& state) {
  const order_placed original{sample_order(1)};
  const simdjson::padded_string text{to_json(original)};
  simdjson::ondemand::parser parser;
  if (read_by_hand(parser, text).order != original.order)
    throw std::logic_error("what was read is not what was written");
  for (auto _ : state) {
    auto value = std::make_shared<order_placed>(read_by_hand(parser, text));
    benchmark::DoNotOptimize(value);
  }
}
const part decode_by_hand_part{"json-decode/raw", decode_by_hand};

void encode(benchmark::State& state) {
  const order_placed event{sample_order(1)};
  std::string text;
  for (auto _ : state) {
    text.clear();
    append_json(table_of<order_placed>(), &event, text);
    benchmark::DoNotOptimize(text);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
const part encode_part{"json-encode", encode};

void write_by_hand(const order_placed& event, std::string& text) {
  const auto& order = event.order;
  fmt::format_to(std::back_inserter(text),
                 FMT_COMPILE("{{\"order\":{{\"number\":{},\"customerId\":\"{}\",\"currency\":\"{}\",\"total\":{},"
                             "\"items\":{},\"gift\":{},\"placedAt\":\"{}\",\"note\":\"{}\"}}}}"),
                 order.number, order.customer_id, order.currency, order.total, order.items, order.gift,
                 to_rfc3339(order.placed_at), order.note);
}

// Looks for nothing that would have to be escaped.
void encode_by_hand(benchmark::State& state) {
  const order_placed event{sample_order(1)};
  std::string text;
  write_by_hand(event, text);
  if (text != to_json(event)) throw std::logic_error("what was written by hand differs: " + text);
  for (auto _ : state) {
    text.clear();
    write_by_hand(event, text);
    benchmark::DoNotOptimize(text);
  }
}
const part encode_by_hand_part{"json-encode/raw", encode_by_hand};

void canonical(benchmark::State& state) {
  const json_text text{to_json(order_placed{sample_order(1)})};
  for (auto _ : state) {
    auto sorted = canonical_json(text);
    benchmark::DoNotOptimize(sorted);
  }
}
const part canonical_part{"json-canonical", canonical};

}  // namespace
}  // namespace evd::bench
