// What EVD_STORE may say, and what is said of what it may not.
#include "store/mongo/address.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/mongo/mongo_store.hpp"

namespace evd::store_mongo {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string refusal(std::string_view url) {
  const auto read = read_address(url);
  if (read) return "";
  EXPECT_EQ(read.error().code, errc::invalid_configuration) << url;
  EXPECT_NE(read.error().hint, "") << url;
  return read.error().to_string();
}

TEST(mongo_address, has_defaults_that_lose_nothing) {
  const auto read = read_address("mongodb://localhost");
  ASSERT_TRUE(read) << read.error().to_string();
  EXPECT_EQ(read->database, "evd");
  EXPECT_EQ(read->servers, "localhost:27017");
  EXPECT_EQ(read->keep.count(), 0);
  const auto* concern = mongoc_uri_get_write_concern(read->uri.get());
  EXPECT_TRUE(mongoc_write_concern_get_wmajority(concern));
  EXPECT_TRUE(mongoc_write_concern_get_journal(concern));
  EXPECT_TRUE(mongoc_uri_get_option_as_bool(read->uri.get(), MONGOC_URI_RETRYREADS, false));
  EXPECT_EQ(mongoc_uri_get_option_as_int32(read->uri.get(), MONGOC_URI_SERVERSELECTIONTIMEOUTMS, 0), 5'000);
}

TEST(mongo_address, may_say_otherwise) {
  const auto read =
      read_address("mongodb://u:p@a:1,b:2/shop?w=2&journal=false&evdKeep=90d&socketTimeoutMS=7&retryReads=false");
  ASSERT_TRUE(read) << read.error().to_string();
  EXPECT_EQ(read->database, "shop");
  EXPECT_EQ(read->servers, "a:1,b:2");
  EXPECT_EQ(read->keep, std::chrono::hours{24} * 90);
  const auto* concern = mongoc_uri_get_write_concern(read->uri.get());
  EXPECT_EQ(mongoc_write_concern_get_w(concern), 2);
  EXPECT_FALSE(mongoc_write_concern_get_journal(concern));
  EXPECT_EQ(mongoc_uri_get_option_as_int32(read->uri.get(), MONGOC_URI_SOCKETTIMEOUTMS, 0), 7);
  EXPECT_FALSE(mongoc_uri_get_option_as_bool(read->uri.get(), MONGOC_URI_RETRYREADS, true));
}

TEST(mongo_address, our_option_may_stand_anywhere) {
  for (const std::string_view url : {"mongodb://h/d?evdKeep=1h", "mongodb://h/d?evdKeep=1h&w=1",
                                     "mongodb://h/d?w=1&evdKeep=1h", "mongodb://h/d?w=1&evdKeep=1h&journal=true"}) {
    const auto read = read_address(url);
    ASSERT_TRUE(read) << url << ": " << read.error().to_string();
    EXPECT_EQ(read->keep, std::chrono::hours{1}) << url;
  }
}

TEST(mongo_address, garbage_is_refused_with_what_is_wrong) {
  EXPECT_THAT(refusal("postgres://h"), HasSubstr("is no address of a MongoDB"));
  EXPECT_THAT(refusal("mongodb://"), HasSubstr("mongodb://"));
  EXPECT_THAT(refusal("mongodb://h:port"), HasSubstr("h:port"));
  EXPECT_THAT(refusal("mongodb://h:99999"), HasSubstr("99999"));
  EXPECT_THAT(refusal("mongodb://h/d?nonsense=1"), HasSubstr("nonsense"));
  EXPECT_THAT(refusal("mongodb://h/d?w=majority&w"), Not(HasSubstr("internal")));
  EXPECT_THAT(refusal("mongodb://h/d?connectTimeoutMS=soon"), HasSubstr("soon"));
  EXPECT_THAT(refusal("mongodb://h/d?evdKeep=90"), HasSubstr("evdKeep '90' is no duration"));
  EXPECT_THAT(refusal("mongodb://h/a*b"), HasSubstr("'a*b' cannot be the name of a database"));
  EXPECT_THAT(refusal("mongodb://h/d?w=0"), HasSubstr("w=0"));
  EXPECT_THAT(refusal("mongodb://h/" + std::string(64, 'x')), HasSubstr("cannot be the name of a database"));
  EXPECT_THAT(refusal(std::string_view("mongodb://h\0/d", 14)), Not(HasSubstr("internal")));
}

TEST(mongo_address, no_error_shows_a_password) {
  for (const std::string_view url :
       {"mongodb://ada:geheim@h:port/d", "mongodb://ada:geheim@h/d?nonsense=1", "mongodb://ada:geheim@h/d?w=0",
        "mongodb://ada:ge:heim@h/d", "mongodb://ada:geheim@", "mongodb://ada:ge@heim@h/d", "mongo://ada:geheim@h"}) {
    EXPECT_THAT(refusal(url), Not(HasSubstr("heim"))) << url;
  }
}

TEST(mongo_address, is_told_from_others) {
  EXPECT_TRUE(is_mongo_url("mongodb://h"));
  EXPECT_TRUE(is_mongo_url("mongodb+srv://h"));
  EXPECT_FALSE(is_mongo_url("mongodb"));
  EXPECT_FALSE(is_mongo_url("embedded:mongodb://"));
}

}  // namespace
}  // namespace evd::store_mongo
