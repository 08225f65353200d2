// JSON becomes nested BSON, and the same text again.
#include "store/mongo/json_bson.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <evd/json.hpp>

#include "store/mongo/record_bson.hpp"

namespace evd::store_mongo {
namespace {

struct holder {
  json_text data;
};

document written(const std::string& text, json_form form = json_form::nested) {
  document to;
  record_writer{form}.append(to, holder{{text}});
  return to;
}

std::string read_back(const document& from) {
  return read_record<holder>(*from.get()).data.text;
}

bool has(const document& in, const char* path) {
  bson_iter_t at;
  bson_iter_t found;
  return bson_iter_init(&at, in.get()) && bson_iter_find_descendant(&at, path, &found);
}

bson_type_t type_of(const document& in, const char* path) {
  bson_iter_t at;
  bson_iter_t found;
  if (!bson_iter_init(&at, in.get()) || !bson_iter_find_descendant(&at, path, &found)) return BSON_TYPE_EOD;
  return bson_iter_type(&found);
}

TEST(json_bson, what_this_library_writes_needs_no_text_beside_it) {
  for (const std::string text :
       {R"({"userId":"u1","n":5,"d":1.5,"yes":true,"no":false,"none":null,"list":[1,[2,{"a":[]}],{}],"":""})",
        R"([9223372036854775807,-9223372036854775808,9007199254740993])",
        R"([0.1,1e+300,5e-324,123456789.12345679,1e+16])", R"("text \" \\ \n \u0000 é 😀")", "5", "1.25", "true", "[]",
        "{}", R"({"a":{"b":{"c":{"d":"deep"}}}})"}) {
    const auto document = written(text);
    EXPECT_EQ(read_back(document), text);
    EXPECT_FALSE(has(document, "dataText")) << text;
  }
}

TEST(json_bson, other_ways_of_writing_the_same_are_kept_as_text_too) {
  for (const std::string text :
       {R"({ "a" : 1 })", R"({"a":1.0})", R"({"a":1.50})", R"({"a":1e2})", R"({"a":-0})", R"({"a":-0.0})",
        R"({"a":0.1000000000000000055511151231257827})", R"({"a":18446744073709551615})", R"({"a":"\/\u0041"})",
        R"({"a":1e999})", R"({"a":1e-999})"}) {
    const auto document = written(text);
    EXPECT_EQ(read_back(document), text);
    EXPECT_TRUE(has(document, "dataText")) << text;
    EXPECT_TRUE(has(document, "data.a")) << text << ": it can be asked for all the same";
  }
}

TEST(json_bson, numbers_keep_their_kind) {
  const auto document =
      written(R"({"whole":5,"large":9223372036854775807,"fraction":0.1,"larger":9223372036854775808})");
  EXPECT_EQ(type_of(document, "data.whole"), BSON_TYPE_INT64);
  EXPECT_EQ(type_of(document, "data.large"), BSON_TYPE_INT64);
  EXPECT_EQ(type_of(document, "data.fraction"), BSON_TYPE_DOUBLE);
  EXPECT_EQ(type_of(document, "data.larger"), BSON_TYPE_DOUBLE);
}

TEST(json_bson, a_name_that_a_server_cannot_hold_is_left_out_and_the_text_has_it) {
  const std::string text = R"({"a":1,"$set":{"b":2},"c.d":3,"e\u0000":4,"f":{"$g":5,"h":6}})";
  const auto document = written(text);
  EXPECT_EQ(read_back(document), text);
  EXPECT_TRUE(has(document, "data.a"));
  EXPECT_TRUE(has(document, "data.f.h"));
  std::string nested;
  bson_iter_t at;
  ASSERT_TRUE(bson_iter_init_find(&at, document.get(), "data"));
  append_json(at, nested);
  EXPECT_EQ(nested, R"({"a":1,"f":{"h":6}})");
}

TEST(json_bson, what_is_no_json_or_too_deep_is_kept_as_text_alone) {
  std::string deep(200, '[');
  deep += std::string(200, ']');
  for (const std::string& text :
       {deep, std::string(R"({"a":)"), std::string("1] [2"), std::string("1,2"), std::string(""),
        std::string(R"({"a":"\ud800"})"), std::string("nul"), std::string(R"({"a":1,"a":2})")}) {
    const auto document = written(text);
    EXPECT_EQ(read_back(document), text);
    EXPECT_FALSE(has(document, "data")) << text;
  }
}

TEST(json_bson, a_server_that_refuses_the_nesting_gets_text_alone) {
  const auto document = written(R"({"a":[[1]]})", json_form::text);
  EXPECT_EQ(read_back(document), R"({"a":[[1]]})");
  EXPECT_FALSE(has(document, "data"));
}

TEST(json_bson, null_is_left_out) {
  EXPECT_TRUE(written("null").empty());
  EXPECT_EQ(read_back(written("null")), "null");
}

std::string any_json(int levels) {
  const int kind = *rc::gen::inRange(0, levels > 0 ? 7 : 5);
  std::string text;
  switch (kind) {
    case 0:
      return std::to_string(*rc::gen::arbitrary<std::int64_t>());
    case 1:
      return to_json(*rc::gen::arbitrary<double>());
    case 2:
      return to_json(*rc::gen::arbitrary<std::string>());
    case 3:
      return *rc::gen::element<std::string>("true", "false", "null");
    case 4:
      return *rc::gen::element<std::string>("1.0", "-0.0", "1E5", "{ }", "[ 1 ]", R"("\u0041")");
    case 5:
      for (int i = *rc::gen::inRange(0, 4); i > 0; --i) text += (text.empty() ? "" : ",") + any_json(levels - 1);
      return '[' + text + ']';
    default:
      for (int i = *rc::gen::inRange(0, 4); i > 0; --i) {
        text += (text.empty() ? "" : ",") + to_json(*rc::gen::arbitrary<std::string>()) + ':' + any_json(levels - 1);
      }
      return '{' + text + '}';
  }
}

RC_GTEST_PROP(json_bson, any_json_comes_back_byte_for_byte, ()) {
  const auto text = any_json(4);
  RC_ASSERT(read_back(written(text)) == text);
}

}  // namespace
}  // namespace evd::store_mongo
