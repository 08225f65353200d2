#include "shared/table.hpp"

#include <gtest/gtest.h>

#include <clocale>

namespace evd::cli {
namespace {

table example() {
  std::setlocale(LC_CTYPE, "C.UTF-8");
  table rows({{"ID"}, {"COUNT", align::right}, {"TEXT", align::left, fit::shrink}});
  rows.add({{"a1"}, {"7"}, {"a rather long text that need not be whole"}});
  rows.add({{"b22"}, {"1,234"}, {"Grüße"}});
  return rows;
}

TEST(table, columns_are_as_wide_as_their_content) {
  EXPECT_EQ(example().draw(unlimited_width, painter{}),
            "ID   COUNT  TEXT\n"
            "a1       7  a rather long text that need not be whole\n"
            "b22  1,234  Grüße\n");
}

TEST(table, only_columns_that_may_shrink_are_cut_to_fit) {
  EXPECT_EQ(example().draw(30, painter{}),
            "ID   COUNT  TEXT\n"
            "a1       7  a rather long tex…\n"
            "b22  1,234  Grüße\n");
}

TEST(table, numbers_and_ids_stay_whole_in_the_narrowest_terminal) {
  EXPECT_EQ(example().draw(1, painter{}),
            "ID   COUNT  TEXT\n"
            "a1       7  a rat…\n"
            "b22  1,234  Grüße\n");
}

TEST(table, colours_do_not_move_columns) {
  table rows({{"A"}, {"B"}});
  rows.add({{"x", tone::bad}, {"y"}});
  rows.add({{"long"}, {"z"}});
  EXPECT_EQ(rows.draw(unlimited_width, painter{true}),
            "\x1b[1mA\x1b[0m     \x1b[1mB\x1b[0m\n\x1b[31mx\x1b[0m     y\nlong  z\n");
}

TEST(table, a_cell_is_one_harmless_line) {
  table rows({{"A"}});
  rows.add({{"x\n\x1b[2Jy"}});
  EXPECT_EQ(rows.draw(unlimited_width, painter{}), "A\nx  [2Jy\n");
}

}  // namespace
}  // namespace evd::cli
