#include <unistd.h>

#include "console/generate.h"
#include "console/pager.h"
#include "restantectl/commands.h"

namespace restante::ctl {
namespace {

Exit man(const Office& office, const CLI::App& app, const console::ManOptions& options) {
  if (!options.folder.empty()) {
    const Status written = console::write_manual_pages(app, options.folder);
    return written ? Exit::kOk : fail(written.error());
  }
  const auto page = console::manual_page(app, options.words);
  if (!page) return fail(Exit::kUsage, page.error().detail);
  // Roff is hard to read: on a terminal it goes through `man`.
  const console::Pager pager(::isatty(STDOUT_FILENO) == 1 ? "man -l -" : "");
  office.out().line(*page);
  return Exit::kOk;
}

}  // namespace

void add_generate_commands(CLI::App& app, Chosen& chosen) {
  const auto shell = std::make_shared<std::string>();
  console::add_completion_options(add_command(
                                      app, chosen, console::completion_text("restantectl"),
                                      [&app, shell](Office& office) {
                                        office.out().line(console::completion_script(app, *shell));
                                        return Exit::kOk;
                                      },
                                      Enters::kNever),
                                  *shell);
  const auto options = std::make_shared<console::ManOptions>();
  console::add_man_options(
      add_command(
          app, chosen, console::man_text("restantectl"),
          [&app, options](Office& office) { return man(office, app, *options); }, Enters::kNever),
      *options);
}

}  // namespace restante::ctl
