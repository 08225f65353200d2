#pragma once
/// A message's headers, as the envelope reads them.

#include "broker/nats/envelope.hpp"
#include "broker/nats/message.hpp"

namespace evd::broker_nats {

/// Lifetime: the message outlives it and what it returned.
class header_view final : public header_source {
 public:
  explicit header_view(natsMsg* of) : of_(of) {}
  std::optional<std::string_view> find(const char* name) const override { return header_of(of_, name); }
  std::vector<std::pair<std::string, std::string_view>> all_with(std::string_view prefix) const override;

 private:
  natsMsg* of_;
};

}  // namespace evd::broker_nats
