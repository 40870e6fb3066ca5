#include "console/generate.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "console/completion.h"
#include "console/man_page.h"

namespace restante::console {

CommandText completion_text(const std::string& program) {
  return {"completion", fmt::format("Print a script that completes {}'s command line", program),
          fmt::format("  eval \"$({0} completion bash)\"\n  source <({0} completion zsh)\n"
                      "  {0} completion fish | source",
                      program)};
}

CommandText man_text(const std::string& program) {
  const std::string command = program == "restante" ? "fetch" : "account add";
  return {"man", "Print the manual page of a command, in roff",
          fmt::format("  {0} man {1} | man -l -\n  {0} man --directory ~/.local/share/man/man1",
                      program, command)};
}

void add_completion_options(CLI::App& command, std::string& shell) {
  command.add_option("SHELL", shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
}

void add_man_options(CLI::App& command, ManOptions& options) {
  command.add_option("COMMAND", options.words, "Words of the command; none: the program itself")
      ->type_name("");
  command.add_option("--directory", options.folder, "Write all pages into this folder instead")
      ->type_name("DIR");
}

std::string completion_script(const CLI::App& app, const std::string& shell) {
  const Shell which = shell == "bash" ? Shell::kBash : shell == "zsh" ? Shell::kZsh : Shell::kFish;
  return completion_script(app, which);
}

Result<std::string> manual_page(const CLI::App& app, const std::vector<std::string>& words) {
  std::vector<ManPage> pages = man_pages(flatten(app));
  std::string name = app.get_name();
  for (const std::string& word : words) name += "-" + word;
  const auto page = std::ranges::find(pages, name, &ManPage::name);
  if (page != pages.end()) return std::move(page->text);
  return Error(Errc::kNotFound, fmt::format("there is no command \"{}\"; {} --help lists them",
                                            fmt::join(words, " "), app.get_name()));
}

Status write_manual_pages(const CLI::App& app, const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  for (const ManPage& page : man_pages(flatten(app))) {
    const std::filesystem::path path = std::filesystem::path(folder) / (page.name + ".1");
    std::ofstream file(path);
    file << page.text;
    file.close();
    if (!file) return Error(Errc::kExists, "cannot write " + path.string());
  }
  return ok();
}

}  // namespace restante::console
