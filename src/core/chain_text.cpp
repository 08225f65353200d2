// The tree as lines of text.

#include <algorithm>
#include <cstdio>
#include <string>
#include <string_view>

#include <evd/time.hpp>

#include "core/chain.hpp"

namespace evd::core {

namespace {

using std::chrono::microseconds;

struct glyphs {
  std::string_view branch, last_branch, line, space, handled, failing, dead;
};
constexpr glyphs drawn{"├─ ", "└─ ", "│  ", "   ", "✓ ", "↻ ", "✗ "};
constexpr glyphs typed{"|- ", "`- ", "|  ", "   ", "+ ", "~ ", "x "};

constexpr std::string_view bold = "\x1b[1m", dim = "\x1b[2m", red = "\x1b[31m", green = "\x1b[32m", yellow = "\x1b[33m",
                           plain = "\x1b[0m";

// Three significant digits are what a person reads: "850us", "1.25ms", "3.1s", "4m 10s".
std::string readable(microseconds duration) {
  const auto count = duration.count();
  char text[48];
  if (count < 1'000) {
    std::snprintf(text, sizeof text, "%lldus", static_cast<long long>(count));
  } else if (count < 1'000'000) {
    const double ms = static_cast<double>(count) / 1e3;
    std::snprintf(text, sizeof text, ms < 10 ? "%.2fms" : ms < 100 ? "%.1fms" : "%.0fms", ms);
  } else if (count < 60'000'000) {
    std::snprintf(text, sizeof text, "%.2fs", static_cast<double>(count) / 1e6);
  } else {
    const auto seconds = static_cast<long long>(count / 1'000'000);
    if (seconds < 3'600) {
      std::snprintf(text, sizeof text, "%lldm %llds", seconds / 60, seconds % 60);
    } else {
      std::snprintf(text, sizeof text, "%lldh %lldm", seconds / 3'600, seconds / 60 % 60);
    }
  }
  return text;
}

std::string since_start(microseconds offset) {
  // Clocks of two machines differ: an effect may seem to come before its cause.
  return offset.count() < 0 ? "-" + readable(-offset) : "+" + readable(offset);
}

// Columns on a terminal; every character of ours is one wide.
std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }));
}

// A failure's first line, without what a terminal would obey.
std::string one_line(std::string_view text) {
  text = text.substr(0, text.find('\n'));
  std::string line(text.substr(0, 200));
  std::replace_if(
      line.begin(), line.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  return line;
}

std::string_view name(command_status status) {
  switch (status) {
    case command_status::accepted:
      return "running";
    case command_status::succeeded:
      return "succeeded";
    case command_status::rejected:
      return "rejected";
    case command_status::failed:
      return "failed";
    case command_status::unknown:
      return "unknown";
  }
  return "?";
}

std::string_view name(dead_letter_status status) {
  switch (status) {
    case dead_letter_status::open:
      return "dead letter";
    case dead_letter_status::retrying:
      return "dead letter, retrying";
    case dead_letter_status::resolved:
      return "dead letter, resolved";
    case dead_letter_status::dismissed:
      return "dead letter, dismissed";
  }
  return "?";
}

class painter {
 public:
  painter(const chain_tree& tree, const draw_options& options)
      : tree_(tree), options_(options), glyphs_(options.unicode ? drawn : typed) {
    find_last_children();
  }

  std::string paint() {
    std::vector<std::string> lefts;
    std::size_t widest = 0;
    std::vector<bool> open;  // by depth: whether a sibling is still to come below
    for (std::size_t i = 0; i < tree_.size(); ++i) {
      open.resize(tree_[i].depth + 1, false);
      open[tree_[i].depth] = !last_[i];
      lefts.push_back(indent(i, open) + std::string(mark(tree_[i])) + one_line(tree_[i].name));
      if (width(lefts.back()) <= longest_left) widest = std::max(widest, width(lefts.back()));
    }
    std::string text;
    for (std::size_t i = 0; i < tree_.size(); ++i) {
      const auto used = width(lefts[i]);
      text += paint(tree_[i].kind == chain_node_kind::command ? bold : color_of(tree_[i]), lefts[i]);
      text.append(widest > used ? widest - used + 2 : 2, ' ');
      text += details(tree_[i]) + '\n';
    }
    return text;
  }

 private:
  static constexpr std::size_t longest_left = 60;  // names longer than this push their own details aside only
  static constexpr std::size_t deepest_indent = 40;

  void find_last_children() {
    last_.assign(tree_.size(), true);
    std::vector<bool> later;  // by depth: whether a node of that depth comes below, under the same parent
    for (std::size_t i = tree_.size(); i-- > 0;) {
      later.resize(tree_[i].depth + 1, false);
      last_[i] = !later[tree_[i].depth];
      later[tree_[i].depth] = true;
    }
  }

  std::string indent(std::size_t i, const std::vector<bool>& open) const {
    const auto depth = std::min(tree_[i].depth, deepest_indent);
    if (depth == 0) return {};
    std::string text;
    for (std::size_t level = 1; level < depth; ++level) text += open[level] ? glyphs_.line : glyphs_.space;
    text += last_[i] ? glyphs_.last_branch : glyphs_.branch;
    return text;
  }

  std::string_view mark(const chain_node& node) const {
    switch (node.kind) {
      case chain_node_kind::handled:
        return glyphs_.handled;
      case chain_node_kind::failing:
        return glyphs_.failing;
      case chain_node_kind::dead_letter:
        return glyphs_.dead;
      default:
        return "";
    }
  }

  static std::string_view color_of(const chain_node& node) {
    switch (node.kind) {
      case chain_node_kind::handled:
        return green;
      case chain_node_kind::failing:
        return yellow;
      case chain_node_kind::dead_letter:
        return red;
      default:
        return "";
    }
  }

  std::string paint(std::string_view color, std::string_view text) const {
    if (!options_.color || color.empty()) return std::string(text);
    return std::string(color).append(text).append(plain);
  }

  std::string details(const chain_node& node) const {
    std::string text;
    const auto add = [&](std::string_view color, const std::string& part) {
      if (part.empty()) return;
      if (!text.empty()) text += "  ";
      text += paint(color, part);
    };
    if (node.kind == chain_node_kind::command) {
      const auto status = node.status.value_or(command_status::accepted);
      const bool fine = status == command_status::succeeded || status == command_status::accepted;
      add(fine ? green : red, std::string(name(status)) + (node.duration ? " in " + readable(*node.duration) : ""));
      if (node.failure) add(red, what_failed(*node.failure));
      add(dim, node.id.to_string());
      return text;
    }
    add("", since_start(node.offset));
    if (node.kind == chain_node_kind::event) {
      if (node.version > 1) add("", "v" + std::to_string(node.version));
      add(dim, node.id.to_string());
      for (const auto& link : node.links) add(dim, "also of " + link.to_string());
      if (node.detached) add(yellow, "its parent is not in this chain");
      return text;
    }
    if (node.duration) add("", "took " + readable(*node.duration));
    if (node.failed_attempts > 0) {
      const auto color = node.kind == chain_node_kind::handled ? dim : red;
      add(color, "failed " + std::to_string(node.failed_attempts) + (node.failed_attempts == 1 ? " time" : " times"));
      if (node.failure) add(color, what_failed(*node.failure));
    }
    if (node.retry_at) add(yellow, "next attempt at " + to_rfc3339(*node.retry_at));
    if (node.dead_letter) {
      const bool open = *node.dead_letter == dead_letter_status::open;
      add(open ? red : dim, std::string(name(*node.dead_letter)));
      add(dim, node.id.to_string());
    }
    return text;
  }

  static std::string what_failed(const failure& what) {
    return one_line(what.type + (what.type.empty() || what.message.empty() ? "" : ": ") + what.message);
  }

  const chain_tree& tree_;
  draw_options options_;
  glyphs glyphs_;
  std::vector<bool> last_;
};

}  // namespace

std::string draw_chain(const chain_tree& tree, const draw_options& options) {
  return painter(tree, options).paint();
}

}  // namespace evd::core
