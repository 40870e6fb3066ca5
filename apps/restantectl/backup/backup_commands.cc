#include <array>

#include "accounts/chain/settings.h"
#include "accounts/sqlite/copy.h"
#include "config/size.h"
#include "disk/posix.h"
#include "disk/text_file.h"
#include "maildrop/doors/backups.h"
#include "restantectl/backup/backup_names.h"
#include "restantectl/backup/backup_places.h"
#include "restantectl/commands.h"
#include "restantectl/progress.h"
#include "server/alarm/last_backup.h"
#include "server/start/installation.h"

namespace restante::ctl {
namespace {

namespace json = boost::json;
using maildrop::BackupReport;
using maildrop::Extra;
using maildrop::FileKind;
using maildrop::VerifyReport;

struct BackupOptions {
  std::string folder;
  bool incremental = false;
  std::string rate;  ///< "50MiB" a second; empty: as fast as it goes.
};

// These mostly wait for the disk: for cold reads, and for each file's sync.
constexpr std::size_t kThreads = 16;
constexpr std::uint64_t kTextBytesMax = 1ULL << 30;

Status write_text(const std::string& path, const std::string& text) {
  RESTANTE_TRY(const auto file, disk::posix_disk().open(path, disk::OpenMode::kReadWrite));
  const std::array<ByteView, 1> pieces = {as_bytes(text)};
  return file->write(0, pieces);
}

Extra text_extra(FileKind kind, std::string name, std::string text) {
  return {kind, std::move(name),
          [text = std::move(text)](const std::string& path) { return write_text(path, text); }};
}

/// accounts.db, if it exists: accounts, and the settings of accounts of other back ends.
void add_database(const std::filesystem::path& source, std::vector<Extra>& extras) {
  std::error_code ignored;
  if (source.empty() || !std::filesystem::exists(source, ignored)) return;
  extras.push_back({FileKind::kAccounts, kBackupDatabase, [source](const std::string& path) {
                      return accounts::sqlite::copy_database(source, path);
                    }});
}

/// The accounts' files, as their back end has them. Files that do not exist are left out, and so
/// are accounts and settings on other machines.
Status add_accounts(const Office& office, std::vector<Extra>& extras) {
  const accounts::Settings& all = office.config().accounts;
  add_database(all.own.path, extras);
  const accounts::BackendSettings* const local = accounts::local_back_end(all);
  if (local == nullptr || local->backend == accounts::Backend::kSqlite) return ok();
  const accounts::BackendSettings& accounts = *local;
  RESTANTE_TRY(std::string users,
               disk::read_text(disk::posix_disk(), accounts.path.string(), kTextBytesMax));
  extras.push_back(text_extra(FileKind::kAccounts, kBackupPasswdFile, std::move(users)));
  if (accounts.aliases.empty()) return ok();
  RESTANTE_TRY(std::string aliases,
               disk::read_text(disk::posix_disk(), accounts.aliases.string(), kTextBytesMax));
  extras.push_back(text_extra(FileKind::kAccounts, kBackupAliases, std::move(aliases)));
  return ok();
}

Exit print(const Office& office, const std::string& folder, const BackupReport& report) {
  for (const auto& note : report.notes) {
    if (note.damaged > 0)
      office.out().note("restantectl: " + note.name + ": " + std::to_string(note.damaged) +
                        " damaged places, copied as they are; see maildrop check");
    if (note.torn > 0)
      office.out().note("restantectl: " + note.name + ": " + std::to_string(note.torn) +
                        " bytes at the end are incomplete and were left out");
  }
  if (office.out().json()) {
    json::array notes;
    for (const auto& note : report.notes)
      notes.push_back(json::object{
          {"file", note.name}, {"damaged", note.damaged}, {"left_out_bytes", note.torn}});
    office.out().print(json::object{{"folder", folder},
                                    {"serial", report.serial},
                                    {"files", report.files},
                                    {"bytes", report.bytes},
                                    {"copied_bytes", report.copied},
                                    {"damage", std::move(notes)}});
  } else {
    office.out().line("files         " + std::to_string(report.files));
    office.out().line("bytes         " + std::to_string(report.bytes));
    office.out().line("copied bytes  " + std::to_string(report.copied));
  }
  return report.notes.empty() ? Exit::kOk : Exit::kData;
}

json::array to_json(const std::vector<VerifyReport::Problem>& problems) {
  json::array list;
  for (const auto& problem : problems)
    list.push_back(
        json::object{{"file", problem.name}, {"stored", problem.stored}, {"what", problem.what}});
  return list;
}

Exit print(const Office& office, const VerifyReport& report) {
  if (office.out().json()) {
    office.out().print(json::object{{"made", to_rfc3339(report.made)},
                                    {"serial", report.serial},
                                    {"files", report.files.size()},
                                    {"bytes", report.bytes},
                                    {"messages", report.messages},
                                    {"problems", to_json(report.problems)},
                                    {"copied_damage", to_json(report.copied_damage)}});
  } else {
    office.out().line("made      " + to_rfc3339(report.made));
    office.out().line("files     " + std::to_string(report.files.size()));
    office.out().line("bytes     " + std::to_string(report.bytes));
    office.out().line("messages  " + std::to_string(report.messages));
    for (const auto& problem : report.problems)
      office.out().line(problem.stored + ": " + problem.what);
    for (const auto& problem : report.copied_damage)
      office.out().line(problem.stored + ": " + problem.what + ", as it was when it was copied");
  }
  return report.problems.empty() && report.copied_damage.empty() ? Exit::kOk : Exit::kData;
}

Status check_still_there(const settings::Config& config) {
  RESTANTE_TRY(const auto id, server::find_installation(server::InstallationPlaces(config)));
  return id.empty() ? ok() : server::check_installation(config.data_dir, id);
}

/// Enters the office itself, after it has read the configuration and, for root, has made the
/// folder. kData when a copied log holds damage.
Exit backup_make(Office& office, const BackupOptions& options) {
  const auto rate = config::parse_size(options.rate.empty() ? "0" : options.rate);
  if (!rate) return fail(Exit::kUsage, "--rate: " + rate.error().detail);
  if (options.folder.empty()) return fail(Exit::kUsage, "DIR is required");
  // Before enter(): only root may be able to read the configuration.
  auto config_text = disk::read_text(disk::posix_disk(), office.config_path(), kTextBytesMax);
  if (!config_text) return fail(config_text.error());
  office.make_folder_for_owner(options.folder);
  if (const Exit entered = office.enter(); entered != Exit::kOk) return entered;

  maildrop::BackupRequest request(disk::posix_disk(), office.config().data_dir.string(),
                                  options.folder);
  request.mode =
      options.incremental ? maildrop::BackupMode::kIncremental : maildrop::BackupMode::kFull;
  request.now = system_clock().now();
  request.threads = kThreads;
  request.still_there = [&office] { return check_still_there(office.config()); };
  if (const Status added = add_accounts(office, request.extras); !added) return fail(added.error());
  request.extras.push_back(text_extra(FileKind::kConfig, kBackupConfig, std::move(*config_text)));
  Progress progress("backing up", office.out(), *rate);
  request.expect = [&](std::uint64_t bytes) { progress.set_total(bytes); };
  request.pace = progress.pace();
  const auto report = maildrop::make_backup(office.config().maildrop.backend, request);
  progress.finish();
  if (!report) return fail(report.error());
  if (const Status noted = note_backup(office.config().data_dir, options.folder); !noted)
    static_cast<void>(fail(Exit::kIo, "backup folder not noted: " + noted.error().message()));
  server::note_last_backup(office.config().data_dir, request.now);
  return print(office, options.folder, *report);
}

/// Needs no office. kData when the backup, or a log that was copied into it, is damaged.
Exit backup_verify(Office& office, const BackupOptions& options) {
  Progress progress("verifying", office.out());
  const auto expect = [&](std::uint64_t bytes) { progress.set_total(bytes); };
  const auto report =
      maildrop::verify_backup(disk::posix_disk(), options.folder, expect, progress.pace());
  progress.finish();
  if (!report && report.error().code == Errc::kCorrupt)
    return fail(Exit::kData, report.error().detail);
  return report ? print(office, *report) : fail(report.error());
}

}  // namespace

void add_backup_commands(CLI::App& app, Chosen& chosen) {
  const auto options = std::make_shared<BackupOptions>();
  CLI::App& made = add_command(
      app, chosen,
      {"backup", "Copy everything into a folder, while the server runs",
       "  restantectl backup /srv/backup --incremental\n"
       "  restantectl backup verify /srv/backup"},
      [options](Office& office) { return backup_make(office, *options); }, Enters::kItself);
  made.add_option("DIR", options->folder, "New, empty, or of an earlier backup")->type_name("");
  made.add_flag("--incremental", options->incremental, "Copy only what is new");
  made.add_option("--rate", options->rate, "Read at most so much a second, such as 50MiB")
      ->type_name("SIZE");
  add_command(
      made, chosen,
      {"verify", "Prove a backup; needs no server", "  restantectl backup verify /srv/backup"},
      [options](Office& office) { return backup_verify(office, *options); }, Enters::kWithoutConfig)
      .add_option("DIR", options->folder, "Of the backup")
      ->required()
      ->type_name("");
}

}  // namespace restante::ctl
