#include "restante/keeping/restore_pause.h"

#include "archive/care/restore.h"
#include "archive/database/database.h"
#include "restante/frame/archive_claim.h"

namespace restante::cli {

Status end_restore_pause(const Context& context, const std::vector<std::string>& names) {
  RESTANTE_CHECKED(check_archive(context));
  auto database = archive::Database::open(context.profile().archive, archive::Access::kWrite);
  if (!database && database.error().code == Errc::kNotFound) return ok();
  if (!database) return std::move(database).error();
  if (names.empty()) {
    RESTANTE_TRY(const bool resumed, archive::resume_account(*database, ""));
    if (resumed) context.out().note("all accounts are fetched again");
  }
  for (const std::string& name : names) {
    RESTANTE_TRY(const bool resumed, archive::resume_account(*database, name));
    if (resumed) context.out().note(name + ": is fetched again in the restored archive");
  }
  return ok();
}

}  // namespace restante::cli
