#include "restante/frame/archive_claim.h"

#include <mutex>

#include "archive/database/account_change.h"
#include "archive/database/archive_id.h"
#include "archive/index/read_only.h"
#include "archive/mailbox/sha256.h"
#include "profile/places.h"

namespace restante::cli {
namespace {

namespace fs = std::filesystem;

Status check_renaming(const archive::Path& archive) {
  RESTANTE_TRY(const auto pending, archive::pending_renaming(archive));
  if (!pending) return ok();
  return Error(Errc::kState, "the renaming of account \"" + pending->from +
                                 "\" was broken off: \"restante account rename " + pending->from +
                                 " " + pending->to + "\" brings it to its end");
}

}  // namespace

fs::path marker_of(const Context& context) {
  std::error_code error;
  const fs::path& file = context.profile().file;
  fs::path place = fs::weakly_canonical(file, error);
  if (error) place = fs::absolute(file, error);
  fs::path folder = profile::state_folder();
  if (!folder.is_absolute()) folder = place.parent_path() / ".restante";
  return folder / "archives" / archive::sha256_of(place.string()).substr(0, 32);
}

Status check_archive(const Context& context) {
  const archive::Path& path = context.profile().archive;
  RESTANTE_CHECKED(archive::check_archive(path, marker_of(context)));
  return check_renaming(path);
}

Status claim_archive(const Context& context) {
  static std::mutex claiming;  // Accounts are collected by threads of their own.
  const std::lock_guard lock(claiming);
  const archive::Path& path = context.profile().archive;
  if (archive::is_on_read_only_medium(path))
    return Error(Errc::kIo, path.string() +
                                ": a read-only file system: its mail can be read, "
                                "searched and exported, and none put there");
  RESTANTE_TRY(const std::string trouble, archive::claim_archive(path, marker_of(context)));
  if (!trouble.empty())
    context.out().note(
        "restante: should the archive's disk be missing one day, a new archive "
        "would be begun without a question: " +
        trouble);
  return check_renaming(path);
}

}  // namespace restante::cli
