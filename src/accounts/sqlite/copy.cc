#include "accounts/sqlite/copy.h"

#include "accounts/sqlite/database.h"

namespace restante::accounts::sqlite {
namespace {

constexpr std::chrono::seconds kCopyPatience{10};

}  // namespace

Status copy_database(const std::filesystem::path& path, const std::filesystem::path& target) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored))
    return Error(Errc::kNotFound, "no such database: " + path.string());
  RESTANTE_TRY(Database database, Database::open(path, {.patience = kCopyPatience}));
  // One read transaction: a whole database of one moment, while in WAL mode writers go on.
  RESTANTE_TRY(Statement copy, database.prepare("VACUUM INTO ?1"));
  copy.bind(1, target.string());
  const ResetAtEnd reset(copy);
  RESTANTE_CHECKED(copy.step());
  return ok();
}

}  // namespace restante::accounts::sqlite
