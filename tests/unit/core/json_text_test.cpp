// What is JSON and what is not; canonical and pretty forms.
#include <evd/json.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace {

using testing::HasSubstr;

std::string refusal(std::string_view text) {
  const auto checked = evd::check_json(text);
  return checked ? "accepted: " + checked->text : checked.error().to_string();
}

std::string nested(std::size_t levels) {
  return std::string(levels, '[') + std::string(levels, ']');
}

TEST(JsonText, WhatIsNoJsonIsRefusedWithAReason) {
  EXPECT_THAT(refusal(""), HasSubstr("is empty"));
  EXPECT_THAT(refusal("   "), HasSubstr("is empty"));
  EXPECT_THAT(refusal("{\"a\":1,}"), HasSubstr("is not JSON"));
  EXPECT_THAT(refusal("[1] 2"), HasSubstr("is not JSON"));
  EXPECT_THAT(refusal("01"), HasSubstr("is not JSON"));
  EXPECT_THAT(refusal("{\"a\""), HasSubstr("is not JSON"));
  EXPECT_THAT(refusal("tru"), HasSubstr("true, false or null"));
  EXPECT_THAT(refusal("\"\\x\""), HasSubstr("bad escape"));
  EXPECT_THAT(refusal("\"a"), HasSubstr("ends within a string"));
  EXPECT_THAT(refusal("\"\n\""), HasSubstr("control character"));
  EXPECT_THAT(refusal(std::string("\"\0\"", 3)), HasSubstr("control character"));
  EXPECT_THAT(refusal("[12345678901234567890123.]"), HasSubstr("number"));
}

TEST(JsonText, WhatIsNotUtf8IsRefused) {
  for (const char* bad :
       {"\"\xff\"", "\"\xc0\x80\"", "\"\xed\xa0\x80\"", "\"\xf4\x90\x80\x80\"", "\"\xe2\x82\"", "{\"\x80\":1}"}) {
    EXPECT_THAT(refusal(bad), HasSubstr("UTF-8")) << bad;
  }
}

TEST(JsonText, HalfCharactersAreRefused) {
  for (const char* bad : {R"("\ud800")", R"("\udc00")", R"("\ud800\ud800")", R"(["\ud83dx"])", R"({"\udfff":1})"}) {
    EXPECT_THAT(refusal(bad), testing::AnyOf(HasSubstr("surrogate"), HasSubstr("bad escape"))) << bad;
  }
  EXPECT_EQ(evd::from_json<std::string>(R"("\ud83d\ude00\u00e9")").value(), "\xF0\x9F\x98\x80\xC3\xA9");
}

TEST(JsonText, NestingIsLimited) {
  EXPECT_TRUE(evd::check_json(nested(evd::max_json_depth)));
  EXPECT_THAT(refusal(nested(evd::max_json_depth + 1)), HasSubstr("nested deeper than 64"));
  EXPECT_THAT(refusal(nested(100'000)), HasSubstr("nested too deep"));
}

TEST(JsonText, TheDeepestDataStillFitIntoARecord) {
  evd::event_record record;
  record.data = evd::check_json(nested(evd::max_json_depth)).value();
  EXPECT_EQ(evd::from_json<evd::event_record>(evd::to_json(record)).value(), record);
}

TEST(JsonText, TooMuchIsRefusedBySize) {
  const auto refused = evd::check_json(std::string(evd::max_json_size + 1, ' '));
  EXPECT_EQ(refused.error().code, evd::errc::payload_too_large);
}

TEST(JsonText, ALargeTextIsReadAndTheNextSmallOneToo) {
  const std::string text(3U << 20U, 'x');
  EXPECT_EQ(evd::from_json<std::string>('"' + text + '"').value(), text);
  EXPECT_EQ(evd::from_json<std::string>("\"x\"").value(), "x");
}

TEST(JsonText, CheckedTextKeepsNumbersAndOrderAndLosesWhiteSpace) {
  EXPECT_EQ(refusal(" { \"b\" : 1.50 , \"a\" : [ ] , \"c\" : \" \\u0041 \" } "),
            R"(accepted: {"b":1.50,"a":[],"c":" \u0041 "})");
  EXPECT_EQ(refusal("123456789012345678901234567890"), "accepted: 123456789012345678901234567890");
  EXPECT_EQ(refusal("-123456789012345678901234567890e5"), "accepted: -123456789012345678901234567890e5");
  EXPECT_EQ(refusal("\"\\\"123456789012345678901234567890\""), "accepted: \"\\\"123456789012345678901234567890\"");
}

TEST(JsonText, CanonicalJsonSortsKeysAndShortensStrings) {
  EXPECT_EQ(evd::canonical_json({R"({ "b" : 1.50, "a" : [ {"z":1,"y":"\u0041\/"} ], "a!" : null })"}),
            R"({"a":[{"y":"A/","z":1}],"a!":null,"b":1.50})");
  EXPECT_EQ(evd::canonical_json({"[ ]"}), "[]");
}

TEST(JsonText, CanonicalJsonOfSomethingElseIsTheSameText) {
  for (const auto* text : {"", "{", "[1", "{\"a\"}", "]", "1 2"}) EXPECT_EQ(evd::canonical_json({text}), text);
  const std::string deep(200'000, '[');
  EXPECT_EQ(evd::canonical_json({deep}), deep);
}

TEST(JsonText, PrettyJsonIsIndented) {
  EXPECT_EQ(evd::pretty_json(R"({"a":[1,{"b":"x"}],"c":{},"d":[]})"),
            "{\n  \"a\": [\n    1,\n    {\n      \"b\": \"x\"\n    }\n  ],\n  \"c\": {},\n  \"d\": []\n}");
  EXPECT_EQ(evd::pretty_json("no JSON"), "no JSON");
}

TEST(JsonText, TextThatIsNotUtf8IsWrittenWithReplacements) {
  EXPECT_EQ(evd::to_json(std::string("a\xff\xe2\x82z\xc3\xa9")), "\"a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDz\xC3\xA9\"");
  EXPECT_EQ(evd::to_json(std::string("\"\\\b\f\n\r\t\x01\0", 9)), R"("\"\\\b\f\n\r\t\u0001\u0000")");
}

}  // namespace
