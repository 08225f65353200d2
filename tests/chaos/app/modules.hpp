#pragma once
/// The modules of the application that is killed: a command whose event goes three hops, with everything on the way
/// that a crash could spoil.
///
///   order ── Shop.ordered ─┬─ Billing.collect (fails now and then) ── Billing.collected ── Delivery.ship ─┐
///        │                 └─ Ledger.book (in order, for each account)                                    │
///        │                                  ┌─ Mail.tell ──────────────────────────── Delivery.shipped ──┘
///        │                                  └─ Stats.count (in batches)
///        └─ Shop.reminded (delayed, for one order in ten) ── Mail.remind

#include <chrono>
#include <cstdint>

#include <evd/evd.hpp>

#include "app/lines.hpp"

namespace evd::chaos {

struct behaviour {
  std::uint64_t poison = 0;  ///< Mail.tell kills its process when this order was shipped; 0: none
  bool mail = true;          ///< false: without the module Mail
  std::chrono::milliseconds ack_wait{30'000};
};

/// Lifetime: `into` outlives the application.
void register_modules(app& application, const lines& into, const behaviour& how);

}  // namespace evd::chaos
