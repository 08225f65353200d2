#include "shared/help.hpp"

#include <algorithm>

#include "shared/text.hpp"

namespace evd::cli {
namespace {

constexpr std::size_t page = 96;
constexpr std::size_t widest_name = 34;

struct entry {
  std::string name;
  std::string description;
};

/// `text` in lines that end before `page`, all but the first indented by `indent`.
std::string wrapped(std::string_view text, std::size_t indent) {
  std::string out;
  std::size_t column = indent;
  while (!text.empty()) {
    const auto space = text.find(' ');
    const auto word = text.substr(0, space);
    const auto columns = columns_of(word);
    if (column > indent && column + 1 + columns > page) {
      out += '\n' + std::string(indent, ' ');
      column = indent;
    } else if (column > indent) {
      out += ' ';
      ++column;
    }
    out += word;
    column += columns;
    text = space == std::string_view::npos ? std::string_view{} : text.substr(space + 1);
  }
  return out;
}

std::string section(std::string_view title, const std::vector<entry>& entries) {
  if (entries.empty()) return {};
  std::size_t widest = 0;
  for (const auto& each : entries) {
    const auto columns = columns_of(each.name);
    if (columns <= widest_name) widest = std::max(widest, columns);
  }
  std::string out = "\n" + std::string(title) + ":\n";
  const auto indent = widest + 4;
  for (const auto& [name, description] : entries) {
    out += "  " + name;
    const auto used = columns_of(name) + 2;
    out += used + 2 > indent ? '\n' + std::string(indent, ' ') : std::string(indent - used, ' ');
    out += wrapped(description, indent) + '\n';
  }
  return out;
}

std::string positional_name(const CLI::Option& option) {
  auto name = option.get_name(true);
  if (option.get_expected_max() > 1) name += "...";
  return name;
}

std::string option_name(const CLI::Option& option) {
  std::string name;
  for (const auto& each : option.get_snames()) name += (name.empty() ? "-" : ", -") + each;
  for (const auto& each : option.get_lnames()) name += (name.empty() ? "    --" : ", --") + each;
  const auto value = value_of(option);
  return value.empty() ? name : name + ' ' + value;
}

std::string usage(const CLI::App& app, const std::string& path) {
  std::string line = "usage: " + path + " [options]";
  if (!app.get_subcommands([](const CLI::App*) { return true; }).empty()) line += " COMMAND ...";
  for (const auto* option : app.get_options([](const CLI::Option* each) { return each->get_positional(); })) {
    const auto name = positional_name(*option);
    line += option->get_required() ? ' ' + name : " [" + name + ']';
  }
  return line + '\n';
}

std::string path_of(const CLI::App& app) {
  return app.get_parent() == nullptr ? app.get_name() : path_of(*app.get_parent()) + ' ' + app.get_name();
}

}  // namespace

std::string value_of(const CLI::Option& option) {
  return option.get_items_expected_max() == 0 ? std::string{} : option.get_type_name();
}

bool is_hidden(const CLI::App& app) {
  return app.get_group().empty();
}
bool is_hidden(const CLI::Option& option) {
  return option.get_group().empty();
}

std::string help_formatter::make_help(const CLI::App* app, std::string /*name*/, CLI::AppFormatMode /*mode*/) const {
  std::string out = wrapped(app->get_description(), 0) + "\n\n" + usage(*app, path_of(*app));
  std::vector<entry> commands;
  for (const auto* each : app->get_subcommands([](const CLI::App* sub) { return !is_hidden(*sub); })) {
    commands.push_back({each->get_name(), each->get_description()});
  }
  std::vector<entry> arguments;
  std::vector<entry> options;
  for (const auto* each : app->get_options([](const CLI::Option* option) { return !is_hidden(*option); })) {
    if (each->get_positional()) {
      arguments.push_back({positional_name(*each), each->get_description()});
    } else {
      options.push_back({option_name(*each), each->get_description()});
    }
  }
  out += section("commands", commands) + section("arguments", arguments) + section("options", options);
  if (app->get_parent() != nullptr) out += "\nOptions of every command (--url, --json, ...): evd --help\n";
  if (const auto footer = app->get_footer(); !footer.empty()) out += '\n' + footer + '\n';
  return out;
}

}  // namespace evd::cli
