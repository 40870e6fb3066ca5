#include "restante/fetch_command.h"

#include <boost/json/array.hpp>
#include <thread>

#include "console/password_input.h"
#include "fetch/collector.h"
#include "fetch/secret_source.h"
#include "restante/fetch_report.h"
#include "restante/progress_board.h"
#include "restante/signals.h"

namespace restante::cli {
namespace {

struct FetchOptions {
  std::vector<std::string> accounts;
  bool dry_run = false;
  bool keep = false;
};

/// What all accounts of one run share.
class FetchRun {
 public:
  FetchRun(const Context& context, const FetchOptions& options, const net::StopSignal& stop)
      : context_(context),
        options_(options),
        stop_(stop),
        board_(ProgressBoard::fitting(context.out().quiet())) {}

  /// One report an account, in their order.
  std::vector<fetch::Report> collect(const std::vector<const profile::Account*>& accounts) {
    std::vector<fetch::Report> reports(accounts.size());
    std::vector<std::thread> threads;
    threads.reserve(accounts.size());
    for (std::size_t i = 0; i < accounts.size(); ++i) {
      fetch::Observer& row = board_.add(accounts[i]->name);
      threads.emplace_back([this, &row, account = accounts[i], report = &reports[i]] {
        *report = collect_one(*account, row);
        board_.finish(row);
      });
    }
    for (std::thread& thread : threads) thread.join();
    board_.take_away();
    return reports;
  }

 private:
  fetch::Report collect_one(const profile::Account& account, fetch::Observer& row) {
    fetch::CollectOptions options(account, context_.profile().archive, stop_);
    options.observer = &row;
    options.dry_run = options_.dry_run;
    options.may_delete = !options_.keep;
    options.credential = [this](const profile::Account& wanted) { return credential(wanted); };
    return fetch::collect(options);
  }

  Result<fetch::Credential> credential(const profile::Account& account) {
    fetch::SecretContext secrets{context_.profile(), stop_, {}};
    if (console::can_ask()) secrets.ask = [this](const std::string& prompt) { return ask(prompt); };
    return fetch::credential_of(account, secrets);
  }

  /// One person can answer one question at a time.
  Result<SecretString> ask(const std::string& prompt) {
    const std::lock_guard lock(asking_);
    board_.take_away();
    RESTANTE_TRY(std::string typed, console::ask_password(prompt));
    SecretString secret(typed);
    wipe(typed);
    return secret;
  }

  const Context& context_;
  const FetchOptions& options_;
  const net::StopSignal& stop_;
  ProgressBoard board_;
  std::mutex asking_;
};

void tell(const Context& context, const std::vector<fetch::Report>& reports, bool dry_run) {
  const Output& out = context.out();
  for (const fetch::Report& report : reports) {
    // What went wrong is said whatever the format, and whatever --quiet asks.
    const bool failed = !report.complete();
    for (const std::string& line : remarks(report))
      failed ? static_cast<void>(fail(Exit::kPartial, line)) : out.note("restante: " + line);
    if (!out.text()) continue;
    if (dry_run)
      for (const std::string& line : intentions(report)) out.line(line);
    if (!out.quiet() || report.fetched > 0 || dry_run) out.line(summary(report, dry_run));
  }
  if (out.format() == Format::kJsonl)
    for (const fetch::Report& report : reports) out.print(to_json(report));
  if (out.format() != Format::kJson) return;
  boost::json::array list;
  for (const fetch::Report& report : reports) list.push_back(to_json(report));
  out.print(boost::json::object{{"accounts", std::move(list)}});
}

Exit run(const Context& context, const FetchOptions& options) {
  const auto accounts = context.accounts(options.accounts);
  if (!accounts) return fail(accounts.error());
  const auto stop = stop_on_signals();
  if (!stop) return fail(stop.error());
  if (accounts->empty())
    context.out().note("restante: no accounts to fetch; restante account add makes one");
  FetchRun fetching(context, options, **stop);
  const std::vector<fetch::Report> reports = fetching.collect(*accounts);
  tell(context, reports, options.dry_run);
  Verdict verdict;
  for (const fetch::Report& report : reports) verdict.add(to_exit(report));
  return verdict.code();
}

}  // namespace

void add_fetch_command(CLI::App& app, Chosen& chosen) {
  const auto options = std::make_shared<FetchOptions>();
  CLI::App& made =
      add_command(app, chosen,
                  {"fetch", "Collect what is new, from all accounts or those that are named",
                   "  restante fetch\n"
                   "  restante fetch work --dry-run    # say what would happen, change nothing\n"
                   "  restante --format json fetch"},
                  [options](Context& context) { return run(context, *options); });
  made.add_option("ACCOUNT", options->accounts, "Only these, also when they are not enabled")
      ->type_name("");
  made.add_flag("--dry-run", options->dry_run,
                "Say what would be fetched and deleted, and do nothing");
  made.add_flag("--keep", options->keep, "Delete nothing on the servers this time");
}

}  // namespace restante::cli
