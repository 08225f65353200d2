#include "broker/nats/names.hpp"

#include <algorithm>

#include <evd/subject.hpp>

namespace evd::broker_nats {

namespace {

// Every subject that `inner` lets through `outer` lets through too. A wildcard of `inner` is matched as if it were a
// token, which only `*` and `>` of `outer` let pass.
bool holds(std::string_view outer, std::string_view inner) {
  for (;;) {
    const auto out_dot = outer.find('.');
    const auto in_dot = inner.find('.');
    const auto out = outer.substr(0, out_dot);
    const auto in = inner.substr(0, in_dot);
    if (out == ">") return true;
    if (in == ">" || (out != "*" && out != in)) return false;
    if (out_dot == std::string_view::npos || in_dot == std::string_view::npos) return out_dot == in_dot;
    outer.remove_prefix(out_dot + 1);
    inner.remove_prefix(in_dot + 1);
  }
}

}  // namespace

std::vector<std::string> names::filters(const subscription_record& what) const {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < what.filters.size(); ++i) {
    bool held = false;
    for (std::size_t j = 0; j < what.filters.size(); ++j) {
      if (i == j || !holds(what.filters[j], what.filters[i])) continue;
      held = held || what.filters[i] != what.filters[j] || j < i;
    }
    if (held) continue;
    all.push_back(what.kind == subscription_kind::command ? command(what.filters[i], command_mode::durable)
                                                          : event(what.filters[i]));
  }
  all.push_back(retry({what.module, what.name}, "*"));
  return all;
}

std::optional<std::string_view> names::rest_of(std::string_view subject, std::string_view kind) const {
  const auto head = space_.size() + kind.size() + 2;
  if (subject.size() <= head || !subject.starts_with(space_) || subject[space_.size()] != '.' ||
      subject.substr(space_.size() + 1, kind.size()) != kind || subject[head - 1] != '.') {
    return std::nullopt;
  }
  return subject.substr(head);
}

}  // namespace evd::broker_nats
