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
  std::uint64_t hangs = 0;   ///< Mail.tell never ends by itself for this order, but when it is asked to; 0: none
  std::uint64_t deaf = 0;    ///< the same for this one, that does not listen either, at its first attempt; 0: none
  bool mail = true;          ///< false: without the module Mail
  std::chrono::milliseconds ack_wait{30'000};
  std::chrono::milliseconds time_limit{600'000};
};

/// Lifetime: `into` outlives the application.
void register_modules(app& application, const lines& into, const behaviour& how);

}  // namespace evd::chaos
