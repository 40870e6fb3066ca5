#include <algorithm>

#include "accounts/chain/settings.h"
#include "disk/posix.h"
#include "disk/text_file.h"
#include "maildrop/doors/backups.h"
#include "restantectl/backup/backup_names.h"
#include "restantectl/commands.h"
#include "restantectl/progress.h"
#include "server/start/data_directory.h"
#include "server/start/installation.h"

namespace restante::ctl {
namespace {

namespace json = boost::json;

struct RestoreOptions {
  std::string folder;
  bool despite_damage = false;
  bool without_config = false;  ///< The backup's configuration is not wanted.
};

/// Where the running configuration has the accounts; empty for files that it does not use.
std::string place_of(const settings::Config& config, const maildrop::BackupFile& file) {
  if (file.name == kBackupDatabase) return config.accounts.own.path.string();
  const accounts::BackendSettings* const local = accounts::local_back_end(config.accounts);
  if (local == nullptr) return "";
  const bool sqlite = local->backend == accounts::Backend::kSqlite;
  if (file.name == kBackupPasswdFile && !sqlite) return local->path.string();
  if (file.name == kBackupAliases && !sqlite) return local->aliases.string();
  return "";
}

std::string text_of(const std::string& path) {
  constexpr std::uint64_t kBytesMax = 1ULL << 30;
  auto text = disk::read_text(disk::posix_disk(), path, kBytesMax);
  return text ? std::move(*text) : std::string();
}

/// Files that are wanted, but have no place here.
std::vector<maildrop::BackupFile> left_out(const RestoreOptions& options,
                                           const std::string& config_path,
                                           const maildrop::RestoreReport& report) {
  std::vector<maildrop::BackupFile> missed;
  for (const auto& file : report.verified.files) {
    if (std::ranges::find(report.skipped, file.name) == report.skipped.end()) continue;
    const bool is_config = file.kind == maildrop::FileKind::kConfig;
    const auto is_in_use = [&] {
      return text_of(options.folder + '/' + file.stored) == text_of(config_path);
    };
    if (!is_config || !(options.without_config || is_in_use())) missed.push_back(file);
  }
  return missed;
}

void print(const Office& office, const std::string& folder, const maildrop::RestoreReport& report,
           const std::vector<maildrop::BackupFile>& missed) {
  const auto& verified = report.verified;
  if (office.out().json()) {
    json::array skipped(report.skipped.begin(), report.skipped.end());
    office.out().print(json::object{{"made", to_rfc3339(verified.made)},
                                    {"files", report.files},
                                    {"bytes", report.bytes},
                                    {"messages", verified.messages},
                                    {"problems", verified.problems.size()},
                                    {"skipped", std::move(skipped)}});
    return;
  }
  office.out().line("made      " + to_rfc3339(verified.made));
  office.out().line("files     " + std::to_string(report.files));
  office.out().line("bytes     " + std::to_string(report.bytes));
  office.out().line("messages  " + std::to_string(verified.messages));
  for (const auto& problem : verified.problems)
    office.out().note("restantectl: " + problem.stored + ": " + problem.what);
  for (const auto& file : missed)
    office.out().note("restantectl: not restored: " + folder + '/' + file.stored);
}

/// The restored data_dir gets an id of its own: the one of before may come back.
Status renew(const settings::Config& config) {
  const server::InstallationPlaces places(config);
  RESTANTE_TRY(const server::Begun begun, server::renew_installation(places));
  if (!begun.witness)
    static_cast<void>(fail(Exit::kIo, begun.witness.error().detail + ": remove it, or the server " +
                                          "takes the restored data_dir for another's"));
  return ok();
}

/// Enters the office itself: it may be a new one, in the place of one that is lost.
/// kData when the backup is damaged, and nothing was restored, or when something was left out: also
/// the backup's configuration, unless it is the one that we run with. kExists when data_dir is not
/// empty.
Exit restore(Office& office, const RestoreOptions& options) {
  const settings::Config& config = office.config();
  if (const Exit entered = office.enter(true); entered != Exit::kOk) return entered;
  // Locked for the whole restore: a server that starts meanwhile would serve half of the mail.
  const auto lock = server::lock_data_directory(config.data_dir);
  if (!lock) return fail(lock.error());
  maildrop::RestoreRequest request(disk::posix_disk(), options.folder, config.data_dir.string());
  request.allowed = {"restanted.lock", "acts.log", "acts.log.1"};
  request.despite_damage = options.despite_damage;
  request.place_of = [&](const maildrop::BackupFile& file) { return place_of(config, file); };
  Progress progress("restoring", office.out());
  request.expect = [&](std::uint64_t bytes) { progress.set_total(bytes); };
  request.pace = progress.pace();
  request.before_end = [&] { return renew(config); };
  const auto report = maildrop::restore_backup(config.maildrop.backend, request);
  progress.finish();
  if (!report && report.error().code == Errc::kCorrupt)
    return fail(Exit::kData, report.error().detail + "; see backup verify and --despite-damage");
  if (!report) return fail(report.error());
  const auto missed = left_out(options, office.config_path(), *report);
  print(office, options.folder, *report, missed);
  const bool is_whole = report->verified.problems.empty() && missed.empty();
  return is_whole ? Exit::kOk : Exit::kData;
}

}  // namespace

void add_restore_commands(CLI::App& app, Chosen& chosen) {
  const auto options = std::make_shared<RestoreOptions>();
  CLI::App& made = add_command(
      app, chosen,
      {"restore", "Put a backup into an empty data_dir", "  restantectl restore /srv/backup"},
      [options](Office& office) { return restore(office, *options); }, Enters::kItself);
  made.add_option("DIR", options->folder, "Of the backup")->required()->type_name("");
  made.add_flag("--despite-damage", options->despite_damage,
                "Take what can be read of a damaged backup");
  made.add_flag("--without-config", options->without_config,
                "The backup's configuration is not wanted: leave it out");
}

}  // namespace restante::ctl
