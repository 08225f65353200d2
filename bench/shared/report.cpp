#include "shared/report.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdio>
#include <string>

namespace evd::bench {
namespace {

std::string json_number(std::optional<double> number) {
  return number && std::isfinite(*number) ? fmt::format("{:.6g}", *number) : "null";
}

// 41234 as 41,234; 0.2934 as 0.293.
std::string readable(double number) {
  if (number < 100) return fmt::format("{:.3g}", number);
  auto digits = fmt::format("{:.0f}", number);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), 1, ',');
  }
  return digits;
}

}  // namespace

void report::add(const figure& one) {
  const auto* better = one.what.better == better::higher ? "higher" : "lower";
  if (as_ == format::json) {
    fmt::print(
        "{{\"name\":\"{}\",\"unit\":\"{}\",\"value\":{},\"raw\":{},\"ratio\":{},\"better\":\"{}\",\"runs\":{},"
        "\"lowest\":{},\"highest\":{}}}\n",
        one.what.name, one.what.unit, json_number(one.value), json_number(one.raw), json_number(one.ratio()), better,
        one.runs, json_number(one.lowest), json_number(one.highest));
  } else {
    if (!has_head_) {
      fmt::print("{:<{}}  {:>12}  {:>12}  {:<10}  {:>5}  {:<13}  {:<6}  {}\n", "name", name_width_, "evd", "raw",
                 "unit", "ratio", "of all runs", "better", "runs");
    }
    const auto ratio = one.raw ? fmt::format("{:.2f}", *one.ratio()) : "";
    const auto spread = one.raw ? fmt::format("{:.2f} - {:.2f}", one.lowest, one.highest) : "";
    fmt::print("{:<{}}  {:>12}  {:>12}  {:<10}  {:>5}  {:<13}  {:<6}  {}\n", one.what.name, name_width_,
               readable(one.value), one.raw ? readable(*one.raw) : "", one.what.unit, ratio, spread, better, one.runs);
  }
  has_head_ = true;
  std::fflush(stdout);
}

}  // namespace evd::bench
