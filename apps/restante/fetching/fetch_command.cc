#include "restante/fetching/fetch_command.h"

#include <algorithm>
#include <boost/json/array.hpp>

#include "base/utf8.h"
#include "console/password_input.h"
#include "restante/fetching/fetch_report.h"
#include "restante/fetching/fetch_run.h"
#include "restante/fetching/fetch_watch.h"
#include "restante/frame/signals.h"

namespace restante::cli {
namespace {

void tell(const Context& context, const std::vector<fetch::Report>& reports, bool dry_run) {
  const Output& out = context.out();
  for (const fetch::Report& report : reports) {
    // A failure is said in every format, and with --quiet too.
    const bool failed = !report.complete();
    for (const std::string& line : remarks(report))
      failed ? static_cast<void>(fail(Exit::kPartial, line)) : out.note("restante: " + line);
    if (!out.text()) continue;
    if (dry_run)
      for (const std::string& line : intentions(report)) out.line(to_utf8(line));
    if (!out.quiet() || dry_run) out.line(summary(report, dry_run));
  }
  if (out.format() == Format::kJsonl)
    for (const fetch::Report& report : reports) print_lines(context, report);
  if (out.format() != Format::kJson) return;
  boost::json::array list;
  for (const fetch::Report& report : reports) list.push_back(to_json(report));
  out.print(boost::json::object{{"accounts", std::move(list)}});
}

Exit run(const Context& context, const FetchOptions& options) {
  const auto accounts = context.accounts(options.accounts);
  if (!accounts) return fail(accounts.error());
  if (options.confirm && !console::can_ask())
    return fail(Exit::kUsage, "--confirm needs a terminal to ask on; see restante fetch --help");
  const auto stop = stop_on_signals();
  if (!stop) return fail(stop.error());
  if (accounts->empty())
    context.out().note("restante: no accounts to fetch; restante account add makes one");
  FetchRun fetching(context, options, **stop, ProgressBoard::fitting(context.out().quiet()));
  const std::vector<fetch::Report> reports = fetching.collect(*accounts);
  tell(context, reports, options.dry_run);
  context.out().flush();
  const bool any_begun = std::any_of(reports.begin(), reports.end(),
                                     [](const fetch::Report& each) { return !each.is_local; });
  if (any_begun && !options.dry_run && !(*stop)->raised()) {
    for (const std::string& told : fetching.index(**stop))
      context.out().note("restante: the mail is here; " + told);
  }
  JointExit joint;
  for (const fetch::Report& report : reports) joint.add(to_exit(report));
  return joint.code();
}

}  // namespace

void add_fetch_command(CLI::App& app, Chosen& chosen) {
  const auto options = std::make_shared<FetchOptions>();
  CLI::App& made = add_command(
      app, chosen,
      {"fetch", "Collect what is new, from all accounts or those that are named",
       "  restante fetch\n"
       "  restante fetch work --dry-run    # say what would happen, change nothing\n"
       "  restante fetch --watch           # each account at its interval, until Ctrl-C\n"
       "  restante --format json fetch"},
      [options](Context& context) {
        return options->watch ? watch(context, *options) : run(context, *options);
      });
  made.add_option("ACCOUNT", options->accounts, "Only these, also when they are not enabled")
      ->type_name("");
  CLI::Option& watching =
      *made.add_flag("--watch", options->watch, "Go on: fetch at every account's interval");
  made.add_flag("--dry-run", options->dry_run,
                "Say what would be fetched and deleted, and do nothing")
      ->excludes(&watching);
  CLI::Option& keep =
      *made.add_flag("--keep", options->keep, "Delete nothing on the servers this time");
  made.add_flag("--retry", options->retry,
                "Ask now for what failed or was refused before, and not when its time has come")
      ->excludes(&watching);
  made.add_flag("--no-index", options->no_index,
                "Leave what has come to the next list or search to index");
  made.add_flag("--confirm", options->confirm, "Show the deletions on the servers, and ask before")
      ->excludes(&keep)
      ->excludes(&watching);
}

}  // namespace restante::cli
