#include "console/man_page.h"

#include <fmt/format.h>

#include <algorithm>

namespace restante::console {
namespace {

/// Text as roff takes it literally.
std::string escaped(std::string_view text) {
  std::string out;
  bool at_line_start = true;
  for (const char c : text) {
    if (at_line_start && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else
      out += c;
    at_line_start = c == '\n';
  }
  return out;
}

std::string page_name(const CommandNode& node) { return node.title("-"); }

std::string synopsis(const CommandNode& node) {
  std::string line = fmt::format(".B {}\n", escaped(node.title()));
  for (const OptionText& option : node.options) {
    std::string word = option.names.back();
    if (!option.value.empty()) word += " " + option.value;
    if (option.repeated) word += "...";
    line += escaped(option.required ? word : "[" + word + "]") + "\n";
  }
  if (!node.subcommands.empty()) line += "COMMAND ...\n";
  return line;
}

std::string option_list(const CommandNode& node) {
  std::string text;
  for (const OptionText& option : node.options) {
    std::string names = fmt::format("{}", fmt::join(option.names, ", "));
    if (!option.value.empty()) names += " " + option.value;
    text += fmt::format(".TP\n.B {}\n{}.\n", escaped(names), escaped(option.help));
    if (!option.choices.empty())
      text +=
          fmt::format("One of: {}.\n", escaped(fmt::format("{}", fmt::join(option.choices, ", "))));
  }
  return text;
}

/// The pages below this one and the one above.
std::string see_also(const CommandNode& node) {
  std::string list;
  const auto add = [&list](const std::string& name) {
    list += fmt::format("{}.BR {} (1)", list.empty() ? "" : ",\n", escaped(name));
  };
  const std::string own = page_name(node);
  if (!node.path.empty()) add(own.substr(0, own.size() - node.path.back().size() - 1));
  for (const std::string& name : node.subcommands) add(own + "-" + name);
  return list + "\n";
}

std::string render(const CommandNode& node) {
  const std::string name = page_name(node);
  std::string upper = name;
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  std::string help = node.help;
  if (help.ends_with('.')) help.pop_back();
  std::string text = fmt::format(".TH {} 1 \"\" \"{} {}\" \"restante\"\n", escaped(upper),
                                 node.program, RESTANTE_VERSION);
  text += fmt::format(".SH NAME\n{} \\- {}\n", escaped(name), escaped(help));
  text += ".SH SYNOPSIS\n" + synopsis(node);
  text += fmt::format(".SH DESCRIPTION\n{}.\n", escaped(help));
  if (!node.options.empty()) text += ".SH OPTIONS\n" + option_list(node);
  constexpr std::string_view kExamples = "Examples:\n";
  if (node.footer.starts_with(kExamples))
    text += ".SH EXAMPLES\n.nf\n" + escaped(node.footer.substr(kExamples.size())) + "\n.fi\n";
  else if (!node.footer.empty())
    text += ".SH NOTES\n.nf\n" + escaped(node.footer) + "\n.fi\n";
  return text + ".SH SEE ALSO\n" + see_also(node);
}

}  // namespace

std::vector<ManPage> man_pages(const std::vector<CommandNode>& nodes) {
  std::vector<ManPage> pages;
  pages.reserve(nodes.size());
  for (const CommandNode& node : nodes) pages.push_back({page_name(node), render(node)});
  return pages;
}

}  // namespace restante::console
