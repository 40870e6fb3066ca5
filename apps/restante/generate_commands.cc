#include "restante/generate_commands.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "console/pager.h"
#include "restante/completion.h"
#include "restante/man_page.h"

namespace restante::cli {
namespace {

struct ManOptions {
  std::vector<std::string> words;
  std::string folder;
};

Exit complete(const Context& context, const CLI::App& app, const std::string& shell) {
  const Shell which = shell == "bash" ? Shell::kBash : shell == "zsh" ? Shell::kZsh : Shell::kFish;
  context.out().line(completion_script(app, which));
  return Exit::kOk;
}

Exit write_pages(const std::vector<ManPage>& pages, const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  for (const ManPage& page : pages) {
    const std::filesystem::path path = folder / (page.name + ".1");
    std::ofstream file(path);
    file << page.text;
    file.close();
    if (!file) return fail(Exit::kCannotCreate, "cannot write " + path.string());
  }
  return Exit::kOk;
}

Exit man(const Context& context, const CLI::App& app, const ManOptions& options) {
  const std::vector<ManPage> pages = man_pages(flatten(app));
  if (!options.folder.empty()) return write_pages(pages, options.folder);
  std::string name = "restante";
  for (const std::string& word : options.words) name += "-" + word;
  const auto same = [&name](const ManPage& page) { return page.name == name; };
  const auto page = std::find_if(pages.begin(), pages.end(), same);
  if (page == pages.end())
    return fail(Exit::kNoInput,
                fmt::format("there is no command \"{}\"; restante --help lists them",
                            fmt::join(options.words, " ")));
  // Roff is not for people: on a terminal it goes through the program that reads it.
  const console::Pager pager(context.wants_pager() ? "man -l -" : "");
  context.out().line(page->text);
  return Exit::kOk;
}

}  // namespace

void add_generate_commands(CLI::App& app, Chosen& chosen) {
  const auto shell = std::make_shared<std::string>();
  add_command(
      app, chosen,
      {"completion", "Print a script that completes restante's command line",
       "  eval \"$(restante completion bash)\"\n  source <(restante completion zsh)\n"
       "  restante completion fish | source"},
      [&app, shell](Context& context) { return complete(context, app, *shell); }, Needs::kNothing)
      .add_option("SHELL", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  const auto options = std::make_shared<ManOptions>();
  CLI::App& made = add_command(
      app, chosen,
      {"man", "Print the manual page of a command, in roff",
       "  restante man fetch | man -l -\n  restante man --directory ~/.local/share/man/man1"},
      [&app, options](Context& context) { return man(context, app, *options); }, Needs::kNothing);
  made.add_option("COMMAND", options->words, "Words of the command; none: restante itself")
      ->type_name("");
  made.add_option("--directory", options->folder, "Write all pages into this folder instead")
      ->type_name("DIR");
}

}  // namespace restante::cli
