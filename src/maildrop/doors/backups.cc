#include "maildrop/doors/backups.h"

#include "maildrop/log/backup/backup.h"
#include "maildrop/log/backup/restore.h"

namespace restante::maildrop {
namespace {

Error unknown() { return Error(Errc::kState, "unknown maildrop back end"); }

}  // namespace

Result<BackupReport> make_backup(BackEnd back_end, const BackupRequest& request) {
  switch (back_end) {
    case BackEnd::kLog: return backup::make_backup(request);
  }
  return unknown();
}

// The kinds of files in the manifest say how to read each.
Result<VerifyReport> verify_backup(disk::Disk& disk, const std::string& folder,
                                   const Expect& expect, const Pace& pace) {
  return backup::verify_backup(disk, folder, expect, pace);
}

Result<RestoreReport> restore_backup(BackEnd back_end, const RestoreRequest& request) {
  switch (back_end) {
    case BackEnd::kLog: return backup::restore_backup(request);
  }
  return unknown();
}

Result<std::optional<std::string>> find_in_backup(disk::Disk& disk, const std::string& folder,
                                                  const StoredMaildrop& maildrop) {
  RESTANTE_TRY(const backup::Manifest manifest, backup::load_manifest(disk, folder));
  for (const backup::FileEntry& file : manifest.files)
    if (file.name == maildrop.name) return std::optional(folder + '/' + file.stored);
  return std::optional<std::string>();
}

}  // namespace restante::maildrop
