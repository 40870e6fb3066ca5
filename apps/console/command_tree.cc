#include "console/command_tree.h"

namespace restante::console {
namespace {

/// "TEXT:{a,b}" is how CLI11 shows IsMember.
std::vector<std::string> choices_of(const std::string& type) {
  std::vector<std::string> words;
  const auto open = type.find('{');
  const auto close = type.find('}', open);
  if (open == std::string::npos || close == std::string::npos) return words;
  std::string word;
  for (const char c : type.substr(open + 1, close - open - 1) + ",") {
    if (c != ',') {
      word += c;
    } else if (!word.empty()) {
      words.push_back(word);
      word.clear();
    }
  }
  return words;
}

OptionText describe(const CLI::Option& option) {
  OptionText text;
  text.positional = option.get_positional();
  const std::string type = option.get_type_name();
  if (text.positional) {
    text.names.push_back(option.get_name(true, false));
  } else {
    for (const std::string& name : option.get_snames()) text.names.push_back("-" + name);
    for (const std::string& name : option.get_lnames()) text.names.push_back("--" + name);
  }
  if (option.get_items_expected_max() > 0 && !text.positional)
    text.value = type.substr(0, type.find(':'));
  text.help = option.get_description();
  text.choices = choices_of(type);
  text.required = option.get_required();
  text.repeated = option.get_items_expected_max() > 1;
  return text;
}

void add(const CLI::App& app, const std::vector<std::string>& path, const std::string& program,
         std::vector<CommandNode>& nodes) {
  CommandNode node;
  node.program = program;
  node.path = path;
  node.help = app.get_description();
  const CLI::App* const parent = app.get_parent();
  if (parent == nullptr || app.get_footer() != parent->get_footer()) node.footer = app.get_footer();
  for (const CLI::Option* const option : app.get_options())
    if (option != app.get_help_ptr() && option->get_name() != "--version")
      node.options.push_back(describe(*option));
  const auto all = [](const CLI::App* each) { return !each->get_name().empty(); };
  const auto below = app.get_subcommands(all);
  for (const CLI::App* const each : below) node.subcommands.push_back(each->get_name());
  nodes.push_back(std::move(node));
  for (const CLI::App* const each : below) {
    std::vector<std::string> deeper = path;
    deeper.push_back(each->get_name());
    add(*each, deeper, program, nodes);
  }
}

}  // namespace

std::string CommandNode::title(const char* between) const {
  std::string title = program;
  for (const std::string& word : path) title += between + word;
  return title;
}

std::vector<CommandNode> flatten(const CLI::App& app) {
  std::vector<CommandNode> nodes;
  add(app, {}, app.get_name(), nodes);
  return nodes;
}

}  // namespace restante::console
