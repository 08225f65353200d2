#include "shared/text.hpp"

#include <gtest/gtest.h>

#include <clocale>

namespace evd::cli {
namespace {

using namespace std::chrono_literals;

class text : public ::testing::Test {
 protected:
  text() { std::setlocale(LC_CTYPE, "C.UTF-8"); }
  timestamp now_{1'000'000s};
};

TEST_F(text, cannot_steer_the_terminal) {
  EXPECT_EQ(one_line("a\x1b[31mb\nc\td\x7f"), "a [31mb c d ");
  EXPECT_EQ(printable("a\nb\x1b"), "a\nb ");
  EXPECT_EQ(one_line("\xc2\x9b"
                     "31m"),
            " 31m")
      << "C1 is a control sequence too";
  EXPECT_EQ(one_line("abc\u202Etxt"), "abc txt") << "nor turn the direction of what follows";
}

TEST_F(text, that_is_no_utf8_is_replaced_byte_by_byte) {
  EXPECT_EQ(one_line("a\xff"
                     "b"),
            "a\uFFFDb");
  EXPECT_EQ(one_line("\xed\xa0\x80"), "\uFFFD\uFFFD\uFFFD") << "a surrogate";
  EXPECT_EQ(one_line("\xc3"), "\uFFFD") << "cut short";
  EXPECT_EQ(one_line("Grüße 漢字 🙂"), "Grüße 漢字 🙂");
}

TEST_F(text, is_cut_by_columns_and_never_within_a_character) {
  EXPECT_EQ(cut("abcdef", 6), "abcdef");
  EXPECT_EQ(cut("abcdef", 4), "abc…");
  EXPECT_EQ(cut("漢字漢字", 5), "漢字…");
  EXPECT_EQ(cut("漢字漢字", 4), "漢…");
  EXPECT_EQ(cut("ab cd", 4), "ab…") << "no blank before the end";
  EXPECT_EQ(cut("abc", 0), "");
  EXPECT_EQ(columns_of("漢a"), 3U);
}

TEST_F(text, times_are_relative_with_two_units_at_the_most) {
  EXPECT_EQ(relative(now_, now_), "now");
  EXPECT_EQ(relative(now_ - 3s, now_), "3s ago");
  EXPECT_EQ(relative(now_ - 125s, now_), "2m 5s ago");
  EXPECT_EQ(relative(now_ - 2h - 3s, now_), "2h ago");
  EXPECT_EQ(relative(now_ + 49h, now_), "in 2d 1h");
}

TEST_F(text, amounts_read_well) {
  EXPECT_EQ(span(340us), "340µs");
  EXPECT_EQ(span(3400us), "3.4ms");
  EXPECT_EQ(span(1500ms), "1.5s");
  EXPECT_EQ(span(125s), "2m 5s");
  EXPECT_EQ(bytes(512), "512 B");
  EXPECT_EQ(bytes(1'258'291), "1.2 MiB");
  EXPECT_EQ(bytes(1U << 31U), "2 GiB");
  EXPECT_EQ(number(1'234'567), "1,234,567");
  EXPECT_EQ(number(999), "999");
  EXPECT_EQ(counted(1, "event", "events"), "1 event");
  EXPECT_EQ(counted(1000, "event", "events"), "1,000 events");
}

TEST_F(text, the_closest_word_is_found_only_when_it_is_close) {
  EXPECT_EQ(closest("evnts", {"events", "status"}), "events");
  EXPECT_EQ(closest("userregister", {"userRegister"}), "userRegister");
  EXPECT_EQ(closest("something", {"events", "status"}), "");
}

}  // namespace
}  // namespace evd::cli
