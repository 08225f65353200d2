// Every record of the log comes back from JSON as it went.
#include <evd/json.hpp>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <cstring>

namespace {

std::string any_text() {
  return *rc::gen::container<std::string>(
      rc::gen::weightedOneOf<char>({{6, rc::gen::inRange<char>(0x20, 0x7f)}, {1, rc::gen::arbitrary<char>()}}));
}

/// Text of any Unicode characters.
std::string unicode() {
  const auto codes = *rc::gen::container<std::vector<std::uint32_t>>(rc::gen::oneOf(
      rc::gen::inRange<std::uint32_t>(0, 0x80), rc::gen::inRange<std::uint32_t>(0x80, 0x800),
      rc::gen::inRange<std::uint32_t>(0xE000, 0x10000), rc::gen::inRange<std::uint32_t>(0x10000, 0x110000)));
  std::string text;
  const auto put = [&](std::uint32_t byte) { text += static_cast<char>(byte); };
  for (const auto code : codes) {
    if (code < 0x80) {
      put(code);
    } else if (code < 0x800) {
      put(0xC0U | code >> 6U), put(0x80U | (code & 0x3FU));
    } else if (code < 0x10000) {
      put(0xE0U | code >> 12U), put(0x80U | (code >> 6U & 0x3FU)), put(0x80U | (code & 0x3FU));
    } else {
      put(0xF0U | code >> 18U), put(0x80U | (code >> 12U & 0x3FU)), put(0x80U | (code >> 6U & 0x3FU));
      put(0x80U | (code & 0x3FU));
    }
  }
  return text;
}

/// Fills every member, whatever it is: a record that gets a new member is tested with it.
void fill(const evd::type_table& table, void* value, int depth = 0) {
  using evd::type_kind;
  const auto bits = *rc::gen::arbitrary<std::uint64_t>();
  switch (table.kind) {
    case type_kind::boolean:
      *static_cast<bool*>(value) = bits % 2 == 0;
      break;
    case type_kind::integer:
      std::memcpy(value, &bits, table.bits / 8);
      break;
    case type_kind::floating:
      *static_cast<double*>(value) = *rc::gen::arbitrary<double>();
      break;
    case type_kind::string:
      *static_cast<std::string*>(value) = unicode();
      break;
    case type_kind::enumeration: {
      const auto chosen = table.enumerators[bits % table.enumerators.size()].value;
      std::memcpy(value, &chosen, table.bits / 8);
      break;
    }
    case type_kind::object: {
      std::array<void*, 64> members;
      table.addresses(value, members.data());
      for (std::size_t i = 0; i < table.members.size(); ++i) fill(*table.members[i].type, members[i], depth + 1);
      break;
    }
    case type_kind::sequence:
      for (std::size_t i = 0; i < bits % 4; ++i) fill(*table.element, table.sequence->append(value, i), depth + 1);
      break;
    case type_kind::map:
      for (std::size_t i = 0; i < bits % 4; ++i) {
        if (void* item = table.map->insert(value, unicode())) fill(*table.element, item, depth + 1);
      }
      break;
    case type_kind::optional:
      if (bits % 2 == 0) fill(*table.element, table.optional->emplace(value), depth + 1);
      break;
    case type_kind::time: {
      const auto micros = *rc::gen::inRange<std::int64_t>(-62'167'219'200'000'000, 253'402'300'800'000'000);
      std::memcpy(value, &micros, sizeof micros);
      break;
    }
    case type_kind::duration:
      std::memcpy(value, &bits, table.bits / 8);
      break;
    case type_kind::id: {
      const auto more = *rc::gen::arbitrary<std::uint32_t>();
      std::memcpy(value, &bits, 8);
      std::memcpy(static_cast<char*>(value) + 8, &more, 4);
      break;
    }
    case type_kind::json_text:
      static_cast<evd::json_text*>(value)->text = bits % 3 == 0 ? R"({"a":[1.10,null]})" : evd::to_json(unicode());
      break;
    case type_kind::secret:
      break;
  }
}

template <class Record>
class RecordRoundTrip : public testing::Test {};
using records =
    testing::Types<evd::command_record, evd::event_record, evd::failure, evd::attempt_record, evd::outcome_record,
                   evd::command_outcome_record, evd::dead_letter_record, evd::dead_letter_change,
                   evd::subscription_record, evd::retry_record, evd::log_position, evd::subscription_key>;
TYPED_TEST_SUITE(RecordRoundTrip, records);

TYPED_TEST(RecordRoundTrip, ARecordComesBackFromJsonAsItWent) {
  EXPECT_TRUE(rc::check([] {
    TypeParam record{};
    fill(evd::table_of<TypeParam>(), &record);
    const auto text = evd::to_json(record);
    const auto again = evd::from_json<TypeParam>(text);
    if (!again) RC_FAIL(again.error().to_string() + " in " + text);
    RC_ASSERT(*again == record);
    RC_ASSERT(evd::to_json(*again) == text);
    RC_ASSERT(evd::check_json(text).value().text == text);
  }));
}

RC_GTEST_PROP(JsonProperty, AnyBytesAreWrittenAsJson, ()) {
  const auto text = any_text();
  const auto written = evd::to_json(text);
  RC_ASSERT(evd::check_json(written).has_value());
  RC_ASSERT(evd::to_json(evd::from_json<std::string>(written).value()) == written);
}

RC_GTEST_PROP(JsonProperty, AnyDoubleComesBackBitForBit, ()) {
  const auto bits = *rc::gen::arbitrary<std::uint64_t>();
  double number = 0;
  std::memcpy(&number, &bits, sizeof number);
  RC_PRE(number - number == 0);
  const auto again = evd::from_json<double>(evd::to_json(number)).value();
  RC_ASSERT(std::memcmp(&again, &number, sizeof number) == 0);
}

RC_GTEST_PROP(JsonProperty, AnyFloatComesBackBitForBit, ()) {
  const auto bits = *rc::gen::arbitrary<std::uint32_t>();
  float number = 0;
  std::memcpy(&number, &bits, sizeof number);
  RC_PRE(number - number == 0);
  const auto again = evd::from_json<float>(evd::to_json(number)).value();
  RC_ASSERT(std::memcmp(&again, &number, sizeof number) == 0);
}

RC_GTEST_PROP(JsonProperty, CanonicalJsonIsJsonAndItsOwnCanonicalForm, ()) {
  evd::event_record record;
  fill(evd::table_of<evd::event_record>(), &record);
  const auto once = evd::canonical_json({evd::to_json(record)});
  RC_ASSERT(evd::from_json<evd::event_record>(once).value() == record);
  RC_ASSERT(evd::canonical_json({once}) == once);
  RC_ASSERT(evd::canonical_json({evd::pretty_json(evd::to_json(record))}) == once);
}

}  // namespace
