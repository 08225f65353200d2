#include "completion.hpp"

#include <algorithm>
#include <cstdio>

#include "shared/help.hpp"
#include "shared/text.hpp"

namespace evd::cli {
namespace {

/// The option of that name in `app` or in those around it, whose options hold within it too.
const CLI::Option* option_named(const CLI::App* app, const std::string& word) {
  for (; app != nullptr; app = app->get_parent()) {
    if (const auto* found = app->get_option_no_throw(word)) return found;
  }
  return nullptr;
}

const CLI::App* subcommand_named(const CLI::App& app, const std::string& word) {
  for (const auto* each : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (each->get_name() == word) return each;
  }
  return nullptr;
}

std::vector<candidate> commands_of(const CLI::App& app) {
  std::vector<candidate> found;
  for (const auto* each : app.get_subcommands([](const CLI::App* sub) { return !is_hidden(*sub); })) {
    found.push_back({each->get_name(), each->get_description()});
  }
  return found;
}

std::vector<candidate> options_of(const CLI::App* app) {
  std::vector<candidate> found;
  for (; app != nullptr; app = app->get_parent()) {
    for (const auto* each : app->get_options()) {
      if (each->get_positional() || is_hidden(*each) || each->get_lnames().empty()) continue;
      const candidate made{"--" + each->get_lnames().front(), each->get_description()};
      if (std::ranges::none_of(found, [&](const auto& other) { return other.word == made.word; }))
        found.push_back(made);
    }
  }
  return found;
}

/// "open|dismissed" are the values themselves; "SUBJECT" is a kind of value.
void ask_for_value(const std::string& type, completion_question& asked) {
  if (type.find('|') == std::string::npos) {
    asked.kind = type;
    return;
  }
  std::size_t begin = 0;
  while (begin <= type.size()) {
    const auto end = std::min(type.find('|', begin), type.size());
    asked.words.push_back({type.substr(begin, end - begin), ""});
    begin = end + 1;
  }
}

void ask_for_positional(const CLI::App& app, std::size_t index, completion_question& asked) {
  const auto positionals = app.get_options([](const CLI::Option* each) { return each->get_positional(); });
  if (positionals.empty()) return;
  const auto* option = positionals[std::min(index, positionals.size() - 1)];
  if (index < positionals.size() || option->get_expected_max() > 1) ask_for_value(option->get_name(true), asked);
}

void note_setting(const CLI::Option& option, const std::string& value, completion_question& asked) {
  const auto name = option.get_name();
  if (name == "--url") asked.url = value;
  if (name == "--store") asked.store = value;
  if (name == "--config") asked.config = value;
}

}  // namespace

completion_question question_of(const CLI::App& root, const std::vector<std::string>& words) {
  completion_question asked;
  const auto* app = &root;
  const CLI::Option* open = nullptr;  // waits for its value
  std::size_t positionals = 0;
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    const auto& word = words[i];
    if (open != nullptr) {
      note_setting(*open, word, asked);
      open = nullptr;
    } else if (word.starts_with('-') && word != "-") {
      const auto* option = option_named(app, word);
      if (option != nullptr && option->get_items_expected_max() > 0) open = option;
    } else if (const auto* next = subcommand_named(*app, word)) {
      app = next;
    } else {
      ++positionals;
    }
  }
  asked.prefix = words.empty() ? std::string{} : words.back();
  if (open != nullptr) {
    ask_for_value(value_of(*open), asked);
  } else if (asked.prefix.starts_with('-')) {
    asked.words = options_of(app);
  } else if (asked.words = commands_of(*app); asked.words.empty()) {
    ask_for_positional(*app, positionals, asked);
  }
  return asked;
}

int complete(const CLI::App& root, const std::vector<std::string>& words) {
  const auto asked = question_of(root, words);
  auto found = asked.words;
  if (!asked.kind.empty()) found = values_of(asked);
  for (const auto& each : found) {
    if (!each.word.starts_with(asked.prefix)) continue;
    std::printf("%s\t%s\n", one_line(each.word).c_str(), cut(one_line(each.description), 70).c_str());
  }
  return 0;
}

}  // namespace evd::cli
