// The status page of an office that does not exist: for a look before anything runs, and for
// pictures.
#include "restantectl/commands.h"
#include "server/page/demo.h"
#include "server/page/style.h"

namespace restante::ctl {
namespace {

struct PageOptions {
  bool demo = false;
  bool trouble = false;
  bool empty = false;
  std::string range = "day";
};

server::page::Office office_of(const PageOptions& options) {
  if (options.trouble) return server::page::Office::kInTrouble;
  return options.empty ? server::page::Office::kEmpty : server::page::Office::kUsual;
}

/// As one file: it has its style within.
std::string as_one_file(std::string page) {
  constexpr std::string_view kLink = "<link rel=\"stylesheet\" href=\"/style.css\">";
  const std::size_t link = page.find(kLink);
  if (link != std::string::npos)
    page.replace(link, kLink.size(), "<style>" + std::string(server::page::kStyle) + "</style>");
  return page;
}

Exit show_page(Office& office, const PageOptions& options) {
  const auto range = server::page::find_range(options.range);
  if (!range) return fail(Exit::kUsage, "--range is one of hour, day, month, year, decade");
  if (!options.demo)
    return fail(
        Exit::kUsage,
        "the page of a running server is on the Unix socket of an http listener, or over TLS: "
        "docs/page.md; --demo writes one with made-up figures");
  office.out().line(as_one_file(server::page::html(
      server::page::demo_facts(*range, system_clock().now(), office_of(options)))));
  return Exit::kOk;
}

}  // namespace

void add_page_command(CLI::App& app, Chosen& chosen) {
  const auto options = std::make_shared<PageOptions>();
  CLI::App& made = add_command(
      app, chosen,
      {"page", "The status page with made-up figures, as one HTML file",
       "  restantectl page --demo > page.html\n"
       "  restantectl page --demo --trouble --range year > page.html\n"
       "  restantectl page --demo --empty > page.html"},
      [options](Office& office) { return show_page(office, *options); }, Enters::kNever);
  made.add_flag("--demo", options->demo, "Of an office that does not exist");
  CLI::Option* const trouble = made.add_flag("--trouble", options->trouble, "With something wrong");
  made.add_flag("--empty", options->empty, "Just begun, and without mail")->excludes(trouble);
  made.add_option("--range", options->range, "hour, day, month, year or decade; default: day")
      ->type_name("");
}

}  // namespace restante::ctl
