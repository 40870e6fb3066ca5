#include "console/command_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>

#include "config/nearest.h"
#include "console/command.h"
#include "console/failure.h"

namespace restante::console {
namespace {

std::vector<const CLI::App*> commands_of(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App* each) { return !each->get_name().empty(); });
}

/// Its own option or one of the commands above it, which every command takes.
const CLI::Option* find_option(const CLI::App* app, const std::string& name) {
  for (; app != nullptr; app = app->get_parent())
    if (const CLI::Option* const found = app->get_option_no_throw(name)) return found;
  return nullptr;
}

bool takes_operands(const CLI::App& app) {
  return std::ranges::any_of(app.get_options(),
                             [](const CLI::Option* option) { return option->get_positional(); });
}

/// "; did you mean X?", or nothing.
std::string guess(const std::string& typed, const std::vector<std::string>& names,
                  const std::string& before = "") {
  const std::string meant = config::nearest(typed, names);
  return meant.empty() ? "" : fmt::format("; did you mean \"{}{}\"?", before, meant);
}

std::string unknown_command(const CLI::App& app, const std::string& word) {
  std::vector<std::string> names;
  for (const CLI::App* const each : commands_of(app)) names.push_back(each->get_name());
  const std::string path = path_of(app);
  const std::string before = path.empty() ? "" : path + " ";
  return fmt::format("there is no command \"{}{}\"{}", before, word, guess(word, names, before));
}

std::string unknown_option(const CLI::App& app, const std::string& name) {
  std::vector<std::string> names;
  for (const CLI::App* each = &app; each != nullptr; each = each->get_parent())
    for (const CLI::Option* const option : each->get_options())
      for (const std::string& known : option->get_lnames()) names.push_back("--" + known);
  return fmt::format("there is no option \"{}\"{}", name, guess(name, names));
}

}  // namespace

std::string to_text(const Overview& overview, const std::string& program) {
  std::string text = fmt::format("{}: {} To begin with:\n\n", program, overview.what);
  std::size_t width = 0;
  for (const auto& [line, what] : overview.first) width = std::max(width, line.size());
  for (const auto& [line, what] : overview.first)
    text += fmt::format("  {:<{}}   {}\n", line, width, what);
  return text + fmt::format("\n{} --help lists all commands.", program);
}

std::string complaint(const CLI::App& app, const std::vector<std::string>& words,
                      const std::string& otherwise) {
  const CLI::App* at = &app;
  for (std::size_t i = 0; i < words.size() && words[i] != "--"; ++i) {
    const std::string& word = words[i];
    if (word.size() > 1 && word.starts_with('-')) {
      const std::string name = word.substr(0, word.find('='));
      const CLI::Option* const option = find_option(at, name);
      if (option == nullptr && name.starts_with("--")) return unknown_option(*at, name);
      // Its value, or the first of several.
      if (option != nullptr && option->get_items_expected_max() > 0 && name == word) ++i;
      continue;
    }
    const auto below = commands_of(*at);
    const auto same = [&word](const CLI::App* each) { return each->get_name() == word; };
    if (const auto found = std::ranges::find_if(below, same); found != below.end())
      at = *found;
    else if (!below.empty() && !takes_operands(*at))
      return unknown_command(*at, word);
  }
  return otherwise;
}

std::optional<int> parse(CLI::App& app, int argc, const char* const* argv, const Overview& overview,
                         int usage) {
  const std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
  if (words.empty()) {
    std::cerr << to_text(overview, app.get_name()) << '\n';
    return usage;
  }
  try {
    app.parse(argc, argv);
    return std::nullopt;
  } catch (const CLI::Success& help) {
    return app.exit(help);
  } catch (const CLI::ParseError& error) {
    tell_failure(app.get_name(), fmt::format("{} (see {} --help)",
                                             complaint(app, words, error.what()), app.get_name()));
    return usage;
  }
}

}  // namespace restante::console
