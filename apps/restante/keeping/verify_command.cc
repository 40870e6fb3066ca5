#include "restante/keeping/verify_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>

#include "archive/care/dedupe.h"
#include "archive/care/verify.h"
#include "archive/database/absence.h"
#include "archive/database/archive_id.h"
#include "archive/index/read_only.h"
#include "archive/index/reindex.h"
#include "archive/mailbox/mailbox.h"
#include "base/numbers.h"
#include "console/harmless.h"
#include "console/progress.h"
#include "restante/frame/archive_claim.h"
#include "restante/keeping/backup_command.h"
#include "restante/reading/archive_view.h"

namespace restante::cli {
namespace {

using archive::Finding;

std::string_view name_of(Finding::Kind kind) {
  switch (kind) {
    case Finding::Kind::kDamaged: return "damaged";
    case Finding::Kind::kMissing: return "missing";
    case Finding::Kind::kForeign: return "foreign";
    case Finding::Kind::kDouble: return "double";
    case Finding::Kind::kUnreadable: return "unreadable";
  }
  return "";
}

/// The accounts named, or all that the archive has. Errors: kNotFound, with those that there are.
Result<std::vector<std::string>> accounts_of(const Context& context,
                                             const std::vector<std::string>& names) {
  RESTANTE_TRY(const auto all, archive::accounts_in(context.profile().archive));
  std::string known;
  for (const std::string& account : all) known += (known.empty() ? "" : ", ") + account;
  for (const std::string& name : names) {
    if (std::find(all.begin(), all.end(), name) == all.end())
      return Error(Errc::kNotFound, "the archive has no account \"" + name +
                                        "\"; there are: " + (known.empty() ? "none" : known));
  }
  return names.empty() ? all : names;
}

void tell(const Context& context, const Finding& finding, JsonList& objects) {
  objects.add({{"kind", name_of(finding.kind)},
               {"account", finding.account},
               {"file", finding.file.string()},
               {"detail", finding.detail}});
  if (context.out().text())
    context.out().line(console::harmless_line(
        fmt::format("{}: {}: {}", name_of(finding.kind), finding.file.string(), finding.detail)));
}

Exit run_verify(Context& context, const std::vector<std::string>& names) {
  const archive::Path& path = context.profile().archive;
  if (const Status checked = check_archive(context); !checked) return fail(checked.error());
  const auto accounts = accounts_of(context, names);
  if (!accounts) return fail(accounts.error());
  // Not brought up to date first: missing files would then no longer be known.
  auto database = archive::is_read_only(path)
                      ? archive::open_read_only(path, archive::Freshness::kAsItIs)
                      : archive::Database::open(path, archive::Access::kRead);
  if (!database) context.out().note("without the database: " + database.error().detail);
  const auto bytes = archive::bytes_to_verify(path, *accounts);
  if (!bytes) return fail(bytes.error());
  console::Progress progress("verifying", context.out());
  progress.set_total(*bytes);
  JsonList objects(context.out());
  const auto verified = archive::verify(
      path, database ? &*database : nullptr, *accounts,
      [&](const Finding& finding) {
        progress.take_away();
        tell(context, finding, objects);
      },
      [&](std::uint64_t read) {
        progress.add(read);
        return true;
      });
  progress.take_away();
  if (!verified) return fail(verified.error());
  context.out().note(fmt::format("{}, {}: {} damaged, {} missing, {} of other programs, {} double",
                                 counted(verified->messages, "message"),
                                 console::human_bytes(static_cast<double>(verified->bytes)),
                                 verified->damaged, verified->missing, verified->foreign,
                                 verified->doubles));
  return verified->is_whole() ? Exit::kOk : Exit::kData;
}

struct VerifyOptions {
  std::vector<std::string> accounts;
  bool accept = false;
  bool as_deleted = false;
  std::string backup;
};

/// Notes that the owner knows of missing files. Reads no message.
Exit run_accept(Context& context, const VerifyOptions& options) {
  auto view = ArchiveView::open(context);
  if (!view) return fail(view.error());
  const auto accounts = accounts_of(context, options.accounts);
  if (!accounts) return fail(accounts.error());
  const auto gone = archive::all_gone(view->database(), *accounts);
  if (!gone) return fail(gone.error());
  const auto accepted = archive::accept_gone(
      view->database(), *accounts,
      options.as_deleted ? archive::Absence::kDeleted : archive::Absence::kAccepted);
  if (!accepted) return fail(accepted.error());
  JsonList objects(context.out());
  for (const archive::Gone& each : *gone) {
    objects.add({{"kind", "accepted"},
                 {"account", each.account},
                 {"id", each.id},
                 {"sha256", each.sha256},
                 {"subject", each.subject}});
    if (context.out().text())
      context.out().line(console::harmless_line(
          fmt::format("accepted: {} {} {}", each.id, each.account, each.subject)));
  }
  context.out().note(
      options.as_deleted
          ? counted(*accepted, "message that is gone counts", "messages that are gone count") +
                " as deleted here"
          : counted(*accepted, "message that is gone is", "messages that are gone are") +
                " known to be; the servers keep what they have");
  return Exit::kOk;
}

Exit run_reindex(Context& context) {
  const archive::Path& path = context.profile().archive;
  const auto accounts = accounts_of(context, {});
  if (!accounts) return fail(accounts.error());
  // Where there is mail it is the archive, even when all that was known of it is lost.
  if (const Status checked = check_archive(context); !checked) {
    const auto id = archive::id_of(path);
    const bool lost_its_id = id && !*id && !accounts->empty();
    if (checked.error().code != Errc::kIo || !lost_its_id) return fail(checked.error());
    if (const auto begun = archive::begin_archive(path, marker_of(context)); !begun)
      return fail(begun.error());
  }
  const bool shown = !context.out().quiet() && ::isatty(STDERR_FILENO) == 1;
  const auto done = archive::reindex(path, [&](std::uint64_t count, std::uint64_t total) {
    if (shown && count % 50 == 0)
      std::cerr << fmt::format("\rindexing {} of {}", count, counted(total, "message"))
                << std::flush;
    return true;
  });
  if (shown) std::cerr << "\r\x1B[K";
  if (!done) return fail(done.error());
  if (!context.out().text())
    context.out().print({{"messages", done->messages},
                         {"broken", done->indexed.partly},
                         {"uids_kept", done->uids_kept},
                         {"put_aside", done->put_aside},
                         {"fetch_state_whole", done->fetch_state_whole},
                         {"marks_whole", done->marks_whole}});
  for (const std::string& line : done->indexed.named) context.out().note("restante: " + line);
  context.out().note(fmt::format("{}, {} of them broken; {} kept",
                                 counted(done->messages, "message"), done->indexed.partly,
                                 counted(done->uids_kept, "unique id")));
  if (!done->put_aside.empty())
    context.out().note("the damaged database is now " + done->put_aside);
  if (!done->marks_whole)
    context.out().note(
        "which messages were deleted here could not be read of all: some may come back");
  if (!done->fetch_state_whole)
    context.out().note(
        "what was fetched before is not known any more: the next fetch reads messages that are "
        "still on the servers again, and recognises them by their checksums");
  return Exit::kOk;
}

Exit run_dedupe(Context& context, bool dry_run) {
  auto view = ArchiveView::open(context);
  if (!view) return fail(view.error());
  const auto done =
      archive::dedupe(view->database(), view->path(), dry_run, [&](const std::string& line) {
        if (context.out().text()) context.out().line(console::harmless_line(line));
      });
  if (!done) return fail(done.error());
  if (!context.out().text())
    context.out().print({{"contents", done->groups},
                         {"linked", done->linked},
                         {"already", done->already},
                         {"bytes_freed", done->bytes_freed},
                         {"failed", done->failed},
                         {"dry_run", dry_run}});
  context.out().note(fmt::format("{} {}, {} {}", counted(done->linked, "copy", "copies"),
                                 dry_run             ? "would become links"
                                 : done->linked == 1 ? "became a link"
                                                     : "became links",
                                 console::human_bytes(static_cast<double>(done->bytes_freed)),
                                 dry_run ? "would be freed" : "freed"));
  return done->failed > 0 ? Exit::kPartial : Exit::kOk;
}

}  // namespace

void add_verify_command(CLI::App& app, Chosen& chosen) {
  const auto options = std::make_shared<VerifyOptions>();
  CLI::App& made = add_command(
      app, chosen,
      {"verify", "Check every message against its checksum; nothing is changed",
       "  restante verify\n"
       "  restante --format jsonl verify work    # a line for each finding; exit code 65 on "
       "damage\n"
       "  restante verify --backup /mnt/stick/mail\n"
       "  restante verify --accept               # what is gone from the disk is known to be\n"
       "A message whose file is gone, but not by \"restante delete\", is told by verify, status "
       "and every\n"
       "list until it is back or accepted, and is never deleted on a server. Who deletes mail with "
       "another\n"
       "program says so with --accept --as-deleted."},
      [options](Context& context) {
        if (!options->backup.empty()) return run_verify_backup(context, options->backup);
        return options->accept ? run_accept(context, *options)
                               : run_verify(context, options->accounts);
      });
  CLI::Option& accounts =
      *made.add_option("ACCOUNT", options->accounts, "Only these")->type_name("");
  CLI::Option& accept = *made.add_flag(
      "--accept", options->accept,
      "You know that these messages are gone: they are told no more, and stay on the server");
  made.add_flag("--as-deleted", options->as_deleted,
                "With --accept: you have deleted them, as with \"restante delete\"")
      ->needs(&accept);
  made.add_option("--backup", options->backup,
                  "Prove this backup instead, alone and against the archive")
      ->type_name("DIR")
      ->excludes(&accounts)
      ->excludes(&accept);
}

void add_reindex_command(CLI::App& app, Chosen& chosen) {
  add_command(app, chosen,
              {"reindex", "Make the database anew from the Maildirs; what was fetched stays known",
               "  restante reindex"},
              run_reindex);
}

void add_dedupe_command(CLI::App& app, Chosen& chosen) {
  const auto dry_run = std::make_shared<bool>(false);
  add_command(app, chosen,
              {"dedupe", "Keep what several accounts have on the disk once, as links",
               "  restante dedupe --dry-run\n  restante dedupe"},
              [dry_run](Context& context) { return run_dedupe(context, *dry_run); })
      .add_flag("--dry-run", *dry_run, "Only say what would be linked");
}

}  // namespace restante::cli
