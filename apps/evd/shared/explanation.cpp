#include "shared/explanation.hpp"

#include <algorithm>

#include <evd/subject.hpp>

#include "shared/names.hpp"
#include "shared/text.hpp"

namespace evd::cli {
namespace {

std::string name_of(const subscription_record& subscription) {
  return subscription.module + '.' + subscription.name;
}

bool is_for(const delivery_facts& facts) {
  const auto& filters = facts.subscription.filters;
  return std::ranges::any_of(filters, [&](const auto& each) { return matches(each, facts.event.subject); });
}

explanation not_for_it(const delivery_facts& facts) {
  std::string filters;
  for (const auto& each : facts.subscription.filters) filters += (filters.empty() ? "" : ", ") + each;
  return {"not for it",
          {name_of(facts.subscription) + " takes " + filters + "; the event's subject is " + facts.event.subject},
          {"evd subscriptions list"}};
}

explanation handled(const delivery_facts& facts, timestamp now) {
  explanation said{"handled", {}, {}};
  if (const auto& done = facts.outcome) {
    said.sentences.push_back("handled " + relative(done->started_at, now) + " at attempt " +
                             std::to_string(done->attempt) + ", in " + span(done->duration) + ", by " + done->instance);
    said.sentences.push_back("it published " + counted(done->published.size(), "event", "events"));
  } else {
    said.sentences.push_back("the log has it as handled; its outcome is not in the store");
  }
  return said;
}

explanation given_up(const delivery_facts& facts, timestamp now) {
  const auto& [letter, status, changed_at, changed_by] = *facts.dead_letter;
  explanation said{status == dead_letter_status::dismissed ? "dismissed" : "dead letter", {}, {}};
  said.sentences.push_back("given up " + relative(letter.at, now) + " after " +
                           counted(letter.attempts, "attempt", "attempts") + " (" + cli::name_of(letter.reason) + ")");
  if (status == dead_letter_status::dismissed) {
    said.sentences.push_back("dismissed " + relative(changed_at, now) +
                             (changed_by.empty() ? "" : " by " + changed_by));
  }
  said.next = {"evd dlq show " + letter.id.to_string(), "evd dlq retry " + letter.id.to_string()};
  return said;
}

explanation waiting_for_retry(const delivery_facts& facts, timestamp now) {
  const auto& retry = *facts.state.retry;
  explanation said{"waiting for a retry", {}, {}};
  if (retry.due > now) {
    said.sentences.push_back("attempt " + std::to_string(retry.attempt) + " is due " + relative(retry.due, now));
  } else {
    said.sentences.push_back("attempt " + std::to_string(retry.attempt) + " has been due since " +
                             relative(retry.due, now) + ", and nobody has taken it up");
    said.next.push_back("is an application with module " + facts.subscription.module + " running?");
  }
  return said;
}

explanation in_work(const delivery_facts& facts, timestamp now) {
  const auto& state = facts.state;
  explanation said{"in work", {"in work" + (state.holder.empty() ? "" : " at " + state.holder)}, {}};
  if (!state.deadline) return said;
  if (*state.deadline > now) {
    said.sentences.push_back("without a sign of life from there, another instance gets it " +
                             relative(*state.deadline, now));
  } else {
    said.sentences.push_back("its holder has given no sign of life since the deadline, " +
                             relative(*state.deadline, now) + "; the next instance that asks gets it");
    said.next.push_back("is an application with module " + facts.subscription.module + " running?");
  }
  return said;
}

explanation pending(const delivery_facts& facts, timestamp now) {
  const auto& event = facts.event;
  explanation said{"pending", {}, {}};
  if (event.not_before && *event.not_before > now) {
    said.state = "delayed";
    said.sentences.push_back("it was published with a delay and is delivered " + relative(*event.not_before, now));
    return said;
  }
  if (facts.subscription.from_now && event.time < facts.subscription.registered_at) {
    said.state = "too old for it";
    said.sentences.push_back("it is from before the first registration of " + name_of(facts.subscription) +
                             ", which starts at `now`");
    return said;
  }
  said.sentences.push_back("it has not been handed over; " + counted(facts.pending, "event is", "events are") +
                           " pending for " + name_of(facts.subscription));
  said.next.push_back("is an application with module " + facts.subscription.module + " running?");
  said.next.push_back("evd subscriptions show " + name_of(facts.subscription));
  return said;
}

void tell_attempts(const delivery_facts& facts, timestamp now, explanation& said) {
  if (facts.attempts.empty()) return;
  const auto& last = facts.attempts.back();
  said.sentences.push_back("failed " + counted(facts.attempts.size(), "time", "times") + ", last " +
                           relative(last.started_at, now) + ": " + last.failure.type + ": " + last.failure.message);
}

void tell_crashes(const delivery_facts& facts, explanation& said) {
  if (facts.state.handed_over < 2) return;
  said.sentences.push_back("handed over " + counted(facts.state.handed_over, "time", "times") +
                           ": earlier holders ended or outlived their ack wait; from the third on it runs alone, at " +
                           std::to_string(facts.subscription.max_crashes) + " it is dead-lettered");
}

explanation state_of(const delivery_facts& facts, timestamp now) {
  const bool gave_up = facts.dead_letter && (facts.dead_letter->status == dead_letter_status::open ||
                                             facts.dead_letter->status == dead_letter_status::dismissed);
  if (facts.outcome) return handled(facts, now);
  if (facts.state.in_work) return in_work(facts, now);
  if (facts.state.retry) return waiting_for_retry(facts, now);
  if (gave_up) return given_up(facts, now);
  if (facts.state.handled) return handled(facts, now);
  if (!is_for(facts)) return not_for_it(facts);
  return pending(facts, now);
}

}  // namespace

explanation explain(const delivery_facts& facts, timestamp now) {
  auto said = state_of(facts, now);
  tell_attempts(facts, now, said);
  tell_crashes(facts, said);
  if (facts.subscription.removed) {
    said.sentences.push_back(name_of(facts.subscription) + " has been removed: nothing is delivered to it any more");
  }
  return said;
}

}  // namespace evd::cli
