#pragma once
/// What `list` commands share: pages of a query, printed as rows or as one JSON object a line.

#include <functional>
#include <string>

#include <CLI/App.hpp>

#include <evd/json.hpp>
#include <evd/port/store.hpp>

#include "shared/progress.hpp"
#include "shared/session.hpp"
#include "shared/text.hpp"

namespace evd::cli {

/// The options of every list.
struct paging {
  std::size_t limit = 50;
  std::string after;
  bool oldest_first = false;

  void add_to(CLI::App& command) {
    command.add_option("-n,--limit", limit, "How many at the most; 0: all (default 50)")->type_name("N");
    command.add_option("--after", after, "Goes on after the page that named this cursor")->type_name("CURSOR");
    command.add_flag("--oldest-first", oldest_first, "The oldest first; otherwise the newest");
  }
};

/// The newest `count` of something.
inline port::page_request newest(std::size_t count) {
  port::page_request request;
  request.limit = count;
  return request;
}

template <class T>
using page_query = std::function<result<port::page<T>>(const port::page_request&)>;

/// Asks for page after page until `wanted.limit`, giving each item to `use`. The cursor of what follows; empty:
/// nothing.
template <class T>
std::string for_each_page(const session& with, const paging& wanted, const page_query<T>& query,
                          const std::function<void(const T&)>& use) {
  constexpr std::size_t largest_page = 500;
  progress reading(with.out(), "reading");
  std::size_t seen = 0;
  std::string cursor = wanted.after;
  while (true) {
    const auto left = wanted.limit == 0 ? largest_page : wanted.limit - seen;
    const auto page = need(query({std::min(left, largest_page), cursor, wanted.oldest_first}));
    for (const auto& item : page.items) use(item);
    seen += page.items.size();
    cursor = page.next;
    if (cursor.empty() || (wanted.limit != 0 && seen >= wanted.limit)) return cursor;
    reading.show(number(seen));
  }
}

/// Prints a whole list. `row` makes a table's row of an item; `nothing` is said when there is none.
template <class T>
void print_list(const session& with, const paging& wanted, const page_query<T>& query, table rows,
                const std::function<std::vector<cell>(const T&)>& row, const std::string& nothing) {
  const auto& out = with.out();
  const auto more = for_each_page<T>(with, wanted, query, [&](const T& item) {
    if (out.json()) {
      out.item(to_json(item));
    } else {
      rows.add(row(item));
    }
  });
  if (out.json()) return;
  if (rows.empty()) return out.note(nothing);
  out.rows(rows);
  out.flush();
  if (!more.empty()) out.note("there are more: --limit 0 for all, or --after " + more);
}

}  // namespace evd::cli
