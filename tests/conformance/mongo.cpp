// Stores in MongoDB against the suite: in every server that there is (scripts/servers.sh), and in
// EVD_TEST_MONGODB_URI.

#include <evd/testing/store_suite.hpp>

#include "mongo_place.hpp"

namespace evd::testing {

// Without a server there is nothing to instantiate.
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(store_suite);

namespace {

INSTANTIATE_TEST_SUITE_P(mongo, store_suite, ::testing::ValuesIn(mongo_cases()), store_case_name);

TEST(mongo_servers, at_least_one_is_there) {
  if (mongo_cases().empty()) GTEST_SKIP() << "no EVD_TEST_MONGODB_URI, mongod, FerretDB or SecantusDB: ./test has them";
}

}  // namespace
}  // namespace evd::testing
