#include "restante/export_command.h"

#include <fmt/format.h>

#include "archive/exporter.h"
#include "archive/importer.h"
#include "restante/archive_claim.h"
#include "restante/archive_view.h"
#include "restante/take_over_command.h"
#include "restante/work_progress.h"

namespace restante::cli {
namespace {

struct ExportOptions {
  std::string form;
  std::string target;
  std::vector<std::string> words;
};

struct ImportOptions {
  std::vector<std::string> sources;
  std::string account = "imported";
  bool state = false;
  TakeOverOptions taking;
};

archive::ExportForm form_of(const std::string& name) {
  if (name == "eml") return archive::ExportForm::kEml;
  if (name == "maildir") return archive::ExportForm::kMaildir;
  return name == "zip" ? archive::ExportForm::kZip : archive::ExportForm::kMbox;
}

/// All messages of a query, however many.
Result<std::vector<archive::Entry>> all_of(ArchiveView& view, const archive::QueryNode& query) {
  archive::SearchRequest request;
  request.order = archive::Order::kOldest;
  request.limit = ~0ULL >> 1U;
  RESTANTE_TRY(archive::Found found, view.search(query, request));
  return std::move(found.entries);
}

Exit run_export(Context& context, const ExportOptions& options) {
  const auto query = parse_words(options.words);
  if (!query) return Exit::kData;
  auto view = ArchiveView::open(context);
  if (!view) return fail(view.error());
  const auto entries = all_of(*view, **query);
  if (!entries) return fail(entries.error());
  auto exporter = archive::Exporter::open(form_of(options.form), options.target);
  if (!exporter && exporter.error().code == Errc::kExists)
    return fail(Exit::kCannotCreate,
                options.target + " is there already: nothing is overwritten; choose another name");
  if (!exporter) return fail(exporter.error());
  std::uint64_t bytes = 0;
  for (const archive::Entry& entry : *entries) bytes += entry.size;
  WorkProgress progress("exporting", context.out(), bytes);
  std::uint64_t written = 0;
  std::uint64_t there = 0;
  std::uint64_t failed = 0;
  for (const archive::Entry& entry : *entries) {
    const Status added = (*exporter)->add(view->path(), entry);
    progress.add(entry.size);
    if (added) {
      ++written;
    } else if (added.error().code == Errc::kExists) {
      ++there;
    } else if (added.error().code == Errc::kNotFound) {
      progress.take_away();
      static_cast<void>(fail(added.error()));
      ++failed;
    } else {
      return fail(added.error());
    }
  }
  if (const Status finished = (*exporter)->finish(); !finished) return fail(finished.error());
  progress.take_away();
  if (!context.out().text())
    context.out().print({{"written", written}, {"there", there}, {"failed", failed}});
  context.out().note(fmt::format("{} messages written{}", written,
                                 there > 0 ? fmt::format(", {} were there", there) : ""));
  return failed > 0 ? Exit::kPartial : Exit::kOk;
}

Exit verdict(const archive::Imported& imported) {
  const bool any = imported.added + imported.there > 0;
  if (imported.failed == 0) return Exit::kOk;
  return any || imported.failed > imported.refused ? Exit::kPartial : Exit::kData;
}

Exit run_state(const Context& context, const ImportOptions& options) {
  TakeOverOptions taking = options.taking;
  taking.files = options.sources;
  taking.account = options.account;
  return take_over(context, taking);
}

Exit run_import(Context& context, const ImportOptions& options) {
  if (options.state) return run_state(context, options);
  if (options.sources.empty())
    return fail(Exit::kUsage, "SOURCE is required; see restante import --help");
  if (const Status claimed = claim_archive(context); !claimed) return fail(claimed.error());
  auto importer = archive::Importer::open(context.profile().archive, options.account);
  if (!importer) return fail(importer.error());
  (*importer)->on_failure = [](const Error& error) { static_cast<void>(fail(error)); };
  WorkProgress progress("importing", context.out(), 0);
  (*importer)->on_message = [&](std::uint64_t octets) {
    progress.add(octets);
    return true;
  };
  for (const std::string& source : options.sources) {
    const Status added = (*importer)->add(source);
    // What came before it is kept, and made durable.
    if (!added) {
      static_cast<void>((*importer)->finish());
      return fail(added.error());
    }
  }
  const auto imported = (*importer)->finish();
  if (!imported) return fail(imported.error());
  progress.take_away();
  if (!context.out().text())
    context.out().print({{"account", options.account},
                         {"added", imported->added},
                         {"there", imported->there},
                         {"failed", imported->failed}});
  if (context.out().text())
    context.out().note(fmt::format("{} messages imported into {}, {} were there already",
                                   imported->added, options.account, imported->there));
  return verdict(*imported);
}

}  // namespace

void add_export_command(CLI::App& app, Chosen& chosen) {
  const auto options = std::make_shared<ExportOptions>();
  CLI::App& made =
      add_command(app, chosen,
                  {"export", "Copy messages out of the archive, octet for octet",
                   "  restante export --to mbox all.mbox\n"
                   "  restante export --to zip work-2025.zip account:work date:2025\n"
                   "  restante export --to eml ~/mail has:attachment\n"
                   "  restante export --to maildir ~/Maildir-copy"},
                  [options](Context& context) { return run_export(context, *options); });
  made.add_option("--to", options->form,
                  "mbox (one file, mboxrd), eml (a folder of files), maildir, or zip")
      ->required()
      ->check(CLI::IsMember({"mbox", "eml", "maildir", "zip"}))
      ->type_name("FORM");
  made.add_option("TARGET", options->target, "The new file, or the folder")
      ->required()
      ->type_name("");
  made.add_option("QUERY", options->words, "Which; default: all. See restante search --help")
      ->type_name("");
}

void add_import_command(CLI::App& app, Chosen& chosen) {
  const auto options = std::make_shared<ImportOptions>();
  CLI::App& made =
      add_command(app, chosen,
                  {"import", "Take mail from elsewhere into the archive, each message once",
                   "  restante import old.mbox --account old-provider\n"
                   "  restante import ~/Maildir saved.eml --account work\n"
                   "  restante import --state ~/.fetchids --account work\n"
                   "What is no mail is named and left out (exit code 1; 65 when it was all). The "
                   "next fetch\n"
                   "recognises imported mail on the account's server, although another program has "
                   "added\n"
                   "header lines, and leaves it there. --state takes over which messages of the "
                   "server\n"
                   "fetchmail (.fetchids), getmail (oldmail-*), mpop (uidls) or Thunderbird "
                   "(popstate.dat)\n"
                   "have fetched: they are not fetched again, and never deleted."},
                  [options](Context& context) { return run_import(context, *options); });
  made.add_option("SOURCE", options->sources,
                  "mbox files, messages (eml), Maildirs, or folders with such things; with "
                  "--state: files of other programs")
      ->type_name("");
  made.add_option("--account", options->account,
                  "Whose mail it becomes; made when it is not there. Default: imported")
      ->type_name("NAME");
  CLI::Option& state = *made.add_flag("--state", options->state,
                                      "Take over what another program has fetched of the account");
  made.add_option("--of", options->taking.login,
                  "With --state: the login that is meant, as the file has it; default: the "
                  "account's")
      ->needs(&state)
      ->type_name("USER@HOST");
  made.add_flag("--forget", options->taking.forget,
                "With --state: take that back, so that what is still there is fetched")
      ->needs(&state);
}

}  // namespace restante::cli
