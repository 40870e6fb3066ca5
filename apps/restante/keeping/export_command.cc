#include "restante/keeping/export_command.h"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <optional>
#include <span>

#include "archive/exchange/exporter.h"
#include "archive/exchange/import/importer.h"
#include "base/numbers.h"
#include "console/harmless.h"
#include "console/progress.h"
#include "restante/frame/archive_claim.h"
#include "restante/keeping/take_over_command.h"
#include "restante/reading/archive_view.h"

namespace restante::cli {
namespace {

struct ExportOptions {
  std::string form;
  std::string program;
  std::string target;
  std::vector<std::string> words;
};

struct ImportOptions {
  std::vector<std::string> sources;
  std::string account = "imported";
  bool state = false;
  TakeOverOptions taking;
};

archive::ExportForm form_of(const ExportOptions& options) {
  if (options.program == "thunderbird") return archive::ExportForm::kThunderbird;
  if (options.form == "eml" || options.form.empty()) return archive::ExportForm::kEml;
  if (options.form == "maildir") return archive::ExportForm::kMaildir;
  return options.form == "zip" ? archive::ExportForm::kZip : archive::ExportForm::kMbox;
}

/// Empty: the form and the program go together.
std::string mistake_of(const ExportOptions& options) {
  if (options.form.empty() && options.program.empty()) return "--to FORM is required";
  if (options.program == "thunderbird" && !options.form.empty() && options.form != "mbox")
    return "Thunderbird reads --to mbox";
  if (options.program == "outlook" && !options.form.empty() && options.form != "eml" &&
      options.form != "zip")
    return "Outlook reads --to eml, or zip once it is unpacked";
  return {};
}

struct ExportCounts {
  std::uint64_t written = 0;
  std::uint64_t there = 0;
  std::uint64_t failed = 0;
  std::uint64_t damaged = 0;
};

/// Counts the outcome of one message, and tells it unless all is well. Errors: those that end the
/// export.
Status count(const Result<archive::Given>& given, const archive::Path& file,
             console::Progress& progress, ExportCounts& counts) {
  if (given) {
    ++counts.written;
    if (*given == archive::Given::kWhole) return ok();
    ++counts.damaged;
    progress.take_away();
    static_cast<void>(
        fail(Exit::kData, file.string() + ": the message is damaged; it was written as it is"));
    return ok();
  }
  if (given.error().code == Errc::kExists) {
    ++counts.there;
    return ok();
  }
  if (given.error().code != Errc::kNotFound) return given.error();
  progress.take_away();
  static_cast<void>(fail(given.error()));
  ++counts.failed;
  return ok();
}

/// Errors: kExists (nothing is overwritten), kFull, kIo, kAuth.
Result<std::unique_ptr<archive::Exporter>> open_target(const ExportOptions& options) {
  auto exporter = archive::Exporter::open(form_of(options), options.target);
  if (!exporter && exporter.error().code == Errc::kExists)
    return Error(Errc::kExists,
                 options.target + " is there already: nothing is overwritten; choose another name");
  return exporter;
}

/// All messages of a query, however many, oldest first; and the end of the work. The target is made
/// when it is known what fits: a query that fails leaves none behind.
Result<ExportCounts> give_all(const Context& context, ArchiveView& view,
                              const archive::QueryNode& query, const ExportOptions& options) {
  archive::SearchRequest request;
  request.order = archive::Order::kOldest;
  request.limit = ~0ULL >> 1U;
  request.octets = true;
  ExportCounts counts;
  std::unique_ptr<archive::Exporter> exporter;
  std::optional<console::Progress> progress;
  const auto give = [&](const archive::Found& found, std::span<archive::Entry> piece) -> Status {
    if (!exporter) {
      RESTANTE_TRY(auto opened, open_target(options));
      exporter = std::move(opened);
      progress.emplace("exporting", context.out());
      progress->set_total(found.octets);
    }
    for (const archive::Entry& entry : piece) {
      const auto given = exporter->add(view.path(), entry);
      progress->add(entry.size);
      RESTANTE_CHECKED(count(given, view.file_of(entry), *progress, counts));
    }
    return ok();
  };
  RESTANTE_CHECKED(view.search(query, request, give));
  RESTANTE_CHECKED(exporter->finish());
  return counts;
}

void tell(const Output& out, const ExportCounts& counts) {
  if (!out.text())
    out.print({{"written", counts.written},
               {"there", counts.there},
               {"failed", counts.failed},
               {"damaged", counts.damaged}});
  std::string text = counted(counts.written, "message") + " written";
  if (counts.there > 0) text += fmt::format(", {} were there", counts.there);
  if (counts.damaged > 0) text += fmt::format(", {} of them damaged", counts.damaged);
  out.note(text);
}

Exit run_export(Context& context, const ExportOptions& options) {
  if (const std::string mistake = mistake_of(options); !mistake.empty())
    return fail(Exit::kUsage, mistake);
  const auto query = parse_words(options.words);
  if (!query) return Exit::kData;
  auto view = ArchiveView::open(context);
  if (!view) return fail(view.error());
  const auto counted = give_all(context, *view, **query, options);
  if (!counted) return fail(counted.error());
  const ExportCounts& counts = *counted;
  tell(context.out(), counts);
  if (counts.damaged > 0) return Exit::kData;
  return counts.failed > 0 ? Exit::kPartial : Exit::kOk;
}

boost::json::object to_json(const archive::ImportCounts& counts) {
  return {{"added", counts.added},
          {"there", counts.there},
          {"failed", counts.failed},
          {"deleted", counts.deleted}};
}

/// Tells the counts of each folder, and of all; in text a single folder needs no table.
void tell(const Output& out, const std::string& account, const archive::Imported& imported) {
  if (!out.text()) {
    boost::json::object object{{"account", account}};
    for (auto& [key, value] : to_json(imported)) object[key] = value;
    boost::json::array folders;
    for (const archive::ImportedFolder& folder : imported.folders) {
      boost::json::object each{{"folder", console::harmless_line(folder.name)}};
      for (auto& [key, value] : to_json(folder)) each[key] = value;
      folders.push_back(std::move(each));
    }
    object["folders"] = std::move(folders);
    out.print(object);
    return;
  }
  if (imported.folders.size() > 1 && !out.quiet()) {
    Output::Table table{{"FOLDER", "IMPORTED", "THERE", "REFUSED", "DELETED"}, {}, {}};
    for (const archive::ImportedFolder& folder : imported.folders)
      table.rows.push_back({console::harmless_line(folder.name), std::to_string(folder.added),
                            std::to_string(folder.there), std::to_string(folder.failed),
                            std::to_string(folder.deleted)});
    out.print(table);
  }
  std::string text =
      fmt::format("{} imported into {}, {} there already", counted(imported.added, "message"),
                  account, counted(imported.there, "was", "were"));
  if (imported.failed > 0) text += fmt::format(", {} left out", imported.failed);
  if (imported.deleted > 0) text += fmt::format(", {} deleted by their program", imported.deleted);
  out.note(text);
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
  console::Progress progress("importing", context.out());
  (*importer)->on_message = [&](std::uint64_t octets) {
    progress.add(octets);
    return true;
  };
  for (const std::string& source : options.sources) {
    const Status added = (*importer)->add(source);
    // Messages that came before the failure are kept, and made durable.
    if (!added) {
      static_cast<void>((*importer)->finish());
      return fail(added.error());
    }
  }
  const auto imported = (*importer)->finish();
  if (!imported) return fail(imported.error());
  progress.take_away();
  tell(context.out(), options.account, *imported);
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
                   "  restante export --to maildir ~/Maildir-copy\n"
                   "  restante export --for thunderbird ~/for-thunderbird\n"
                   "Flags and the time of arrival go along. A damaged message is named, and the "
                   "exit code is 65."},
                  [options](Context& context) { return run_export(context, *options); });
  made.add_option("--to", options->form,
                  "mbox (one file, mboxrd), eml (a folder of files), maildir, or zip")
      ->check(CLI::IsMember({"mbox", "eml", "maildir", "zip"}))
      ->type_name("FORM");
  made.add_option("--for", options->program,
                  "thunderbird (mbox files in its folders, for \"Local Folders\") or outlook (eml)")
      ->check(CLI::IsMember({"thunderbird", "outlook"}))
      ->type_name("PROGRAM");
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
                   "  restante import ~/.thunderbird/x.default/Mail --account old\n"
                   "Flags and times of arrival come along. What is no mail is named and left out "
                   "(exit code 1; 65 when it was all). The "
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
                  "mbox files, messages (eml, emlx), Maildirs, Thunderbird's folders, or folders "
                  "with such things; .gz and .zip files of them; with --state: files of other "
                  "programs")
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
