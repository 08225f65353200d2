#pragma once
/// A strict reader of Prometheus' text format (version 0.0.4): whatever promtool would complain of is a problem here.

#include <charconv>
#include <cmath>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace evd::tests {

using label_set = std::map<std::string, std::string>;

struct sample {
  std::string name;
  label_set labels;
  double value = 0;
};

struct metric_family {
  std::string name, type, help;
  std::vector<sample> samples;
};

struct exposition {
  std::map<std::string, metric_family> families;
  std::vector<std::string> problems;

  /// The value of one series; NaN: it is not there.
  [[nodiscard]] double value(const std::string& name, const label_set& labels = {}) const {
    for (const auto& [family, content] : families) {
      for (const auto& one : content.samples) {
        if (one.name == name && one.labels == labels) return one.value;
      }
    }
    return std::nan("");
  }
};

class exposition_reader {
 public:
  explicit exposition_reader(const std::string& text) {
    if (text.empty() || text.back() != '\n') complain("the page does not end with a line break");
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) read_line(line);
    for (const auto& [name, family] : made_.families) check(family);
  }
  [[nodiscard]] exposition take() { return std::move(made_); }

 private:
  void complain(const std::string& what) { made_.problems.push_back(what); }

  static bool is_name(std::string_view text, bool colons) {
    if (text.empty() || (text[0] >= '0' && text[0] <= '9')) return false;
    for (const char c : text) {
      const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
      if (!letter && !(colons && c == ':')) return false;
    }
    return true;
  }

  void read_line(const std::string& line) {
    if (line.empty()) return complain("an empty line");
    if (line.starts_with("# HELP ") || line.starts_with("# TYPE ")) return read_header(line);
    if (line[0] == '#') return complain("a comment: " + line);
    read_sample(line);
  }

  void read_header(const std::string& line) {
    const auto blank = line.find(' ', 7);
    const auto name = line.substr(7, blank - 7);
    if (blank == std::string::npos || !is_name(name, true)) return complain("cannot be read: " + line);
    const auto rest = line.substr(blank + 1);
    if (line[2] == 'H') {
      if (made_.families.contains(name)) return complain("twice: " + line);
      made_.families[name] = {name, "", rest, {}};
      current_ = name;
      return;
    }
    if (current_ != name) return complain("TYPE does not follow HELP: " + line);
    made_.families[name].type = rest;
  }

  void read_sample(const std::string& line) {
    sample one;
    auto at = line.find_first_of("{ ");
    if (at == std::string::npos) return complain("no value: " + line);
    one.name = line.substr(0, at);
    if (!is_name(one.name, true)) complain("no name of a metric: " + line);
    if (line[at] == '{') {
      at = read_labels(line, at + 1, one.labels);
      if (at == std::string::npos) return;
    }
    if (at >= line.size() || line[at] != ' ') return complain("no blank before the value: " + line);
    const auto value = line.substr(at + 1);
    if (value == "+Inf") {
      one.value = HUGE_VAL;
    } else {
      const auto [end, failed] = std::from_chars(value.data(), value.data() + value.size(), one.value);
      if (failed != std::errc{} || end != value.data() + value.size()) return complain("no number: " + line);
    }
    if (!belongs(one.name)) return complain("does not belong to the family before it: " + line);
    if (!seen_.insert({one.name, one.labels}).second) return complain("a series twice: " + line);
    made_.families[current_].samples.push_back(std::move(one));
  }

  std::size_t read_labels(const std::string& line, std::size_t at, label_set& into) {
    while (at < line.size() && line[at] != '}') {
      const auto equals = line.find("=\"", at);
      if (equals == std::string::npos) return complain("labels: " + line), std::string::npos;
      const auto name = line.substr(at, equals - at);
      if (!is_name(name, false)) complain("no name of a label: " + line);
      std::string value;
      for (at = equals + 2; at < line.size() && line[at] != '"'; ++at) {
        if (line[at] == '\\') ++at;
        value += line[at];
      }
      ++at;
      if (!into.emplace(name, value).second) complain("a label twice: " + line);
      if (at < line.size() && line[at] == ',') ++at;
    }
    return at + 1;
  }

  [[nodiscard]] bool belongs(const std::string& name) const {
    if (current_.empty()) return false;
    const auto& family = made_.families.at(current_);
    if (family.type != "histogram") return name == current_;
    return name == current_ + "_bucket" || name == current_ + "_sum" || name == current_ + "_count";
  }

  void check(const metric_family& family) {
    if (family.type != "counter" && family.type != "gauge" && family.type != "histogram") {
      complain(family.name + " is of type '" + family.type + "'");
    }
    if (family.help.empty()) complain(family.name + " has no help");
    if ((family.type == "counter") != family.name.ends_with("_total"))
      complain(family.name + ": _total is for counters");
    if (family.samples.empty()) complain(family.name + " has no series");
    for (const auto& one : family.samples) {
      if (family.type != "gauge" && !(one.value >= 0)) complain(one.name + " is below zero");
    }
    if (family.type == "histogram") check_histogram(family);
  }

  void check_histogram(const metric_family& family) {
    struct one_series {
      std::map<double, double> buckets;
      double count = std::nan(""), sum = std::nan("");
    };
    std::map<label_set, one_series> all;
    for (const auto& one : family.samples) {
      auto labels = one.labels;
      if (one.name.ends_with("_bucket")) {
        const auto bound = labels.extract("le");
        if (bound.empty()) {
          complain(one.name + " without le");
          continue;
        }
        all[labels].buckets[bound.mapped() == "+Inf" ? HUGE_VAL : std::stod(bound.mapped())] = one.value;
      } else if (one.name.ends_with("_sum")) {
        all[labels].sum = one.value;
      } else {
        all[labels].count = one.value;
      }
    }
    for (const auto& [labels, series] : all) {
      if (series.buckets.empty() || series.buckets.rbegin()->first != HUGE_VAL) {
        complain(family.name + " has no bucket +Inf");
        continue;
      }
      if (series.buckets.rbegin()->second != series.count) complain(family.name + ": the last bucket is not the count");
      if (std::isnan(series.sum)) complain(family.name + " has no sum");
      double before = 0;
      for (const auto& [bound, count] : series.buckets) {
        if (count < before) complain(family.name + ": its buckets do not grow");
        before = count;
      }
    }
  }

  exposition made_;
  std::string current_;
  std::set<std::pair<std::string, label_set>> seen_;
};

inline exposition read_exposition(const std::string& text) {
  return exposition_reader(text).take();
}

}  // namespace evd::tests
