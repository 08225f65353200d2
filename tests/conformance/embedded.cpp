// The embedded engine's logs and stores against the suites.

#include <evd/testing/log_suite.hpp>
#include <evd/testing/store_suite.hpp>

#include "broker/embedded/embedded_log.hpp"
#include "embedded_place.hpp"
#include "store/embedded/embedded_store.hpp"

namespace evd::testing {
namespace {

std::unique_ptr<log_place> combined() {
  return std::make_unique<embedded_place>(broker_embedded::embedded_options{});
}

std::unique_ptr<log_place> log_only() {
  broker_embedded::embedded_options options;
  options.keep_records_for_recorder = true;
  return std::make_unique<embedded_place>(options);
}

std::unique_ptr<log_place> fast() {
  broker_embedded::embedded_options options;
  options.durability = broker_embedded::durability::process;
  return std::make_unique<embedded_place>(options);
}

INSTANTIATE_TEST_SUITE_P(embedded, log_suite,
                         ::testing::Values(log_case{"combined", combined, {}}, log_case{"fast", fast, {}},
                                           log_case{"log_only", log_only, {.is_its_own_store = false}}),
                         log_case_name);

class embedded_store_place final : public store_place {
 public:
  std::unique_ptr<port::store> open() override {
    auto store = store_embedded::open_embedded_store({.path = folder_ / "store.db"});
    if (!store) throw failure_exception(std::move(store).error());
    return *std::move(store);
  }

 private:
  temporary_folder folder_;
};

INSTANTIATE_TEST_SUITE_P(embedded, store_suite,
                         ::testing::Values(store_case{"file", [] { return std::make_unique<embedded_store_place>(); }}),
                         store_case_name);

}  // namespace
}  // namespace evd::testing
