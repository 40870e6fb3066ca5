#include "restantectl/restore_commands.h"

#include "backup/restore.h"
#include "config/accounts_rules.h"
#include "disk/posix.h"
#include "restantectl/backup_commands.h"
#include "restantectl/progress.h"
#include "server/data_directory.h"

namespace restante::ctl {
namespace {

namespace json = boost::json;

/// Where the configuration that we run with has the accounts; nowhere for what it does not use.
std::string place_of(const config::Config& config, const backup::FileEntry& file) {
  const config::AccountsSource* const local = config::local_source(config.accounts);
  if (local == nullptr) return "";
  const bool sqlite = local->backend == config::AccountsBackend::kSqlite;
  if (file.name == kBackupDatabase && sqlite) return local->path.string();
  if (file.name == kBackupPasswdFile && !sqlite) return local->path.string();
  if (file.name == kBackupAliases && !sqlite) return local->aliases.string();
  return "";
}

void print(const Office& office, const std::string& folder, const backup::RestoreReport& report) {
  const auto& verified = report.verified;
  if (office.out().json()) {
    json::array skipped(report.skipped.begin(), report.skipped.end());
    office.out().print(json::object{{"made", to_rfc3339(verified.manifest.made)},
                                    {"files", report.files},
                                    {"bytes", report.bytes},
                                    {"messages", verified.messages},
                                    {"problems", verified.problems.size()},
                                    {"skipped", std::move(skipped)}});
    return;
  }
  office.out().line("made      " + to_rfc3339(verified.manifest.made));
  office.out().line("files     " + std::to_string(report.files));
  office.out().line("bytes     " + std::to_string(report.bytes));
  office.out().line("messages  " + std::to_string(verified.messages));
  for (const auto& problem : verified.problems)
    office.out().note("restantectl: " + problem.stored + ": " + problem.what);
  for (const std::string& name : report.skipped)
    for (const auto& file : verified.manifest.files)
      if (file.name == name)
        office.out().note("restantectl: not restored: " + folder + '/' + file.stored);
}

}  // namespace

Exit restore(Office& office, const RestoreOptions& options) {
  const config::Config& config = office.config();
  const auto lock = server::lock_data_directory(config.data_dir);
  if (!lock) return fail(lock.error());
  backup::RestoreRequest request(disk::posix_disk(), options.folder, config.data_dir.string());
  request.allowed = {"restanted.lock", "acts.log", "acts.log.1"};
  request.despite_damage = options.despite_damage;
  request.place_of = [&](const backup::FileEntry& file) { return place_of(config, file); };
  Progress progress("restoring", office.out());
  request.expect = [&](std::uint64_t bytes) { progress.set_total(bytes); };
  request.pace = progress.pace();
  const auto report = backup::restore_backup(request);
  progress.finish();
  if (!report && report.error().code == Errc::kCorrupt)
    return fail(Exit::kData, report.error().detail + "; see backup verify and --despite-damage");
  if (!report) return fail(report.error());
  print(office, options.folder, *report);
  return report->verified.problems.empty() ? Exit::kOk : Exit::kData;
}

}  // namespace restante::ctl
