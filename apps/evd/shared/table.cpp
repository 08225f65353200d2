#include "shared/table.hpp"

#include <algorithm>
#include <numeric>

#include "shared/text.hpp"

namespace evd::cli {
namespace {

constexpr std::string_view gap = "  ";
constexpr std::size_t narrowest = 6;

std::string line(const std::vector<cell>& cells, const std::vector<column>& columns,
                 const std::vector<std::size_t>& widths, const painter& paint) {
  std::string out;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const auto text = cut(cells[i].text, widths[i]);
    const std::string padding(widths[i] - columns_of(text), ' ');
    const bool last = i + 1 == cells.size();
    if (columns[i].side == align::right) out += padding;
    out += paint(cells[i].how, text);
    if (columns[i].side == align::left && !last) out += padding;
    if (!last) out += gap;
  }
  while (out.ends_with(' ')) out.pop_back();
  return out += '\n';
}

}  // namespace

void table::add(std::vector<cell> row) {
  for (auto& each : row) each.text = one_line(each.text);
  rows_.push_back(std::move(row));
}

std::vector<std::size_t> table::widths(std::size_t available) const {
  std::vector<std::size_t> widths;
  for (const auto& each : columns_) widths.push_back(columns_of(each.title));
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], columns_of(row[i].text));
  }
  const auto total = [&] { return std::accumulate(widths.begin(), widths.end(), gap.size() * (columns_.size() - 1)); };
  // Takes from the widest column that may shrink, one step at a time: so the space is shared fairly.
  for (auto sum = total(); sum > available; --sum) {
    std::size_t widest = columns_.size();
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (columns_[i].how == fit::keep || widths[i] <= std::max(narrowest, columns_of(columns_[i].title))) continue;
      if (widest == columns_.size() || widths[i] > widths[widest]) widest = i;
    }
    if (widest == columns_.size()) break;
    --widths[widest];
  }
  return widths;
}

std::string table::draw(std::size_t width, const painter& paint) const {
  const auto fitted = widths(width);
  std::vector<cell> heading;
  for (const auto& each : columns_) heading.push_back({each.title, tone::bold});
  std::string out = line(heading, columns_, fitted, paint);
  for (const auto& row : rows_) out += line(row, columns_, fitted, paint);
  return out;
}

}  // namespace evd::cli
