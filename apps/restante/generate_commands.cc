#include "restante/generate_commands.h"

#include "console/generate.h"
#include "console/pager.h"

namespace restante::cli {
namespace {

Exit man(const Context& context, const CLI::App& app, const console::ManOptions& options) {
  if (!options.folder.empty()) {
    const Status written = console::write_manual_pages(app, options.folder);
    return written ? Exit::kOk : fail(written.error());
  }
  const auto page = console::manual_page(app, options.words);
  if (!page) return fail(page.error());
  // Roff is not for people: on a terminal it goes through the program that reads it.
  const console::Pager pager(context.wants_pager() ? "man -l -" : "");
  context.out().line(*page);
  return Exit::kOk;
}

}  // namespace

void add_generate_commands(CLI::App& app, Chosen& chosen) {
  const auto shell = std::make_shared<std::string>();
  console::add_completion_options(add_command(
                                      app, chosen, console::completion_text("restante"),
                                      [&app, shell](Context& context) {
                                        context.out().line(console::completion_script(app, *shell));
                                        return Exit::kOk;
                                      },
                                      Needs::kNothing),
                                  *shell);
  const auto options = std::make_shared<console::ManOptions>();
  console::add_man_options(
      add_command(
          app, chosen, console::man_text("restante"),
          [&app, options](Context& context) { return man(context, app, *options); },
          Needs::kNothing),
      *options);
}

}  // namespace restante::cli
