#include "console/completion.h"

#include <fmt/format.h>

#include <algorithm>

#include "console/command_tree.h"

namespace restante::console {
namespace {

std::string joined(const std::vector<std::string>& words, std::string_view between) {
  return fmt::format("{}", fmt::join(words, between));
}

/// Safe between single quotes of any of the shells, as one line.
std::string quoted(std::string text) {
  std::erase(text, '\'');
  std::replace(text.begin(), text.end(), '\n', ' ');
  return "'" + text + "'";
}

/// All that may come next after the words of `node`: names of commands and of options.
std::vector<std::string> candidates(const CommandNode& node, const CommandNode& root) {
  std::vector<std::string> words = node.subcommands;
  const auto add = [&words](const CommandNode& from) {
    for (const OptionText& option : from.options)
      if (!option.positional) words.insert(words.end(), option.names.begin(), option.names.end());
  };
  add(node);
  for (const OptionText& option : node.options)
    if (option.positional) words.insert(words.end(), option.choices.begin(), option.choices.end());
  if (!node.path.empty()) add(root);
  words.emplace_back("--help");
  return words;
}

/// Patterns of options that take a value, by what the value is.
struct Values {
  std::vector<std::string> files;
  std::vector<std::string> other;
  std::vector<std::pair<std::string, std::vector<std::string>>> choices;
};

bool is_path(const std::string& value) {
  return value == "FILE" || value == "DIR" || value == "PATH";
}

/// Of an option behind its command; those of the program itself stand behind any.
std::string pattern_of(const CommandNode& node, const OptionText& option) {
  const std::string chain = node.path.empty() ? "*" : "\"" + joined(node.path, "/") + "\"";
  std::vector<std::string> patterns;
  for (const std::string& name : option.names) patterns.push_back(chain + ":" + name);
  return joined(patterns, "|");
}

Values values_of(const std::vector<CommandNode>& nodes) {
  Values values;
  for (const CommandNode& node : nodes)
    for (const OptionText& option : node.options) {
      if (option.positional || option.value.empty()) continue;
      const std::string pattern = pattern_of(node, option);
      if (!option.choices.empty())
        values.choices.emplace_back(pattern, option.choices);
      else
        (is_path(option.value) ? values.files : values.other).push_back(pattern);
    }
  return values;
}

/// The loop that finds which command the words before the cursor name; bash and zsh read it alike.
std::string find_path(const std::vector<CommandNode>& nodes) {
  std::string cases;
  for (const CommandNode& node : nodes)
    for (const std::string& name : node.subcommands)
      cases += fmt::format("      \"{}:{}\") chain=\"{}\" ;;\n", joined(node.path, "/"), name,
                           joined(node.path, "/") + (node.path.empty() ? "" : "/") + name);
  return "  for word in \"${before[@]}\"; do\n    case \"$chain:$word\" in\n" + cases +
         "    esac\n  done\n";
}

std::string candidate_cases(const std::vector<CommandNode>& nodes) {
  std::string cases = "  case \"$chain\" in\n";
  for (const CommandNode& node : nodes)
    cases += fmt::format("    \"{}\") offers=\"{}\" ;;\n", joined(node.path, "/"),
                         joined(candidates(node, nodes.front()), " "));
  return cases + "  esac\n";
}

std::string bash_script(const std::vector<CommandNode>& nodes) {
  const Values values = values_of(nodes);
  std::string after = "  case \"$chain:$previous\" in\n";
  for (const auto& [names, words] : values.choices)
    after += fmt::format("    {}) COMPREPLY=($(compgen -W \"{}\" -- \"$current\")); return ;;\n",
                         names, joined(words, " "));
  if (!values.files.empty())
    after += fmt::format("    {}) COMPREPLY=($(compgen -f -- \"$current\")); return ;;\n",
                         joined(values.files, "|"));
  if (!values.other.empty()) after += fmt::format("    {}) return ;;\n", joined(values.other, "|"));
  after += "  esac\n";
  const std::string& program = nodes.front().program;
  return fmt::format("# Completion of {0} for bash: eval \"$({0} completion bash)\"\n_{0}() {{\n",
                     program) +
         "  local current=\"${COMP_WORDS[COMP_CWORD]}\" previous=\"${COMP_WORDS[COMP_CWORD-1]}\"\n"
         "  local chain=\"\" offers=\"\" word\n"
         "  local before=(\"${COMP_WORDS[@]:1:COMP_CWORD-1}\")\n" +
         find_path(nodes) + after + candidate_cases(nodes) +
         "  COMPREPLY=($(compgen -W \"$offers\" -- \"$current\"))\n"
         "  [[ ${#COMPREPLY[@]} -gt 0 ]] || COMPREPLY=($(compgen -f -- \"$current\"))\n" +
         fmt::format("}}\ncomplete -F _{0} {0}\n", program);
}

std::string zsh_script(const std::vector<CommandNode>& nodes) {
  const Values values = values_of(nodes);
  std::string after = "  case \"$chain:$previous\" in\n";
  for (const auto& [names, words] : values.choices)
    after += fmt::format("    {}) compadd -- {}; return ;;\n", names, joined(words, " "));
  if (!values.files.empty())
    after += fmt::format("    {}) _files; return ;;\n", joined(values.files, "|"));
  if (!values.other.empty())
    after += fmt::format("    {}) _message value; return ;;\n", joined(values.other, "|"));
  after += "  esac\n";
  const std::string& program = nodes.front().program;
  return fmt::format(
             "#compdef {0}\n# Completion of {0} for zsh: source <({0} completion zsh)\n_{0}() {{\n",
             program) +
         "  local previous=\"${words[CURRENT-1]}\" chain=\"\" offers=\"\" word\n"
         "  local -a before=(\"${(@)words[2,CURRENT-1]}\")\n" +
         find_path(nodes) + after + candidate_cases(nodes) +
         "  compadd -- ${=offers} || _files\n}\n" +
         // As a file that zsh loads at the first use, the script is the function itself.
         fmt::format(
             "if [[ $funcstack[1] == _{0} ]]; then _{0} \"$@\"; else compdef _{0} {0}; fi\n",
             program);
}

/// fish asks a condition: all words of the path are there, and no command below it.
std::string fish_condition(const CommandNode& node) {
  std::vector<std::string> parts;
  for (const std::string& word : node.path) parts.push_back("__fish_seen_subcommand_from " + word);
  if (node.path.empty())
    parts.emplace_back("__fish_use_subcommand");
  else if (!node.subcommands.empty())
    parts.push_back("not __fish_seen_subcommand_from " + joined(node.subcommands, " "));
  return joined(parts, "; and ");
}

std::string fish_option(const std::string& program, const OptionText& option,
                        const std::string& condition) {
  std::string line = "complete -c " + program;
  if (!condition.empty()) line += " -n " + quoted(condition);
  for (const std::string& name : option.names)
    line += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  if (!option.choices.empty())
    line += " -x -a " + quoted(joined(option.choices, " "));
  else if (!option.value.empty())
    line += is_path(option.value) ? " -r -F" : " -x";
  return line + " -d " + quoted(option.help) + "\n";
}

std::string fish_script(const std::vector<CommandNode>& nodes) {
  const std::string& program = nodes.front().program;
  std::string text = fmt::format(
      "# Completion of {0} for fish: {0} completion fish | source\n"
      "complete -c {0} -l help -s h -d 'Print help and exit'\n",
      program);
  for (const CommandNode& node : nodes) {
    const std::string condition = fish_condition(node);
    for (const CommandNode& below : nodes) {
      const bool child = below.path.size() == node.path.size() + 1 &&
                         std::equal(node.path.begin(), node.path.end(), below.path.begin());
      if (child)
        text += fmt::format("complete -c {} -f -n {} -a {} -d {}\n", program, quoted(condition),
                            below.path.back(), quoted(below.help));
    }
    for (const OptionText& option : node.options) {
      if (option.positional && !option.choices.empty())
        text += fmt::format("complete -c {} -f -n {} -a {}\n", program, quoted(condition),
                            quoted(joined(option.choices, " ")));
      if (!option.positional)
        text += fish_option(program, option, node.path.empty() ? "" : condition);
    }
  }
  return text;
}

}  // namespace

std::string completion_script(const CLI::App& app, Shell shell) {
  const std::vector<CommandNode> nodes = flatten(app);
  switch (shell) {
    case Shell::kBash: return bash_script(nodes);
    case Shell::kZsh: return zsh_script(nodes);
    case Shell::kFish: return fish_script(nodes);
  }
  return {};
}

}  // namespace restante::console
