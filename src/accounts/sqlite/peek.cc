#include "accounts/sqlite/peek.h"

#include "accounts/sqlite/database.h"

namespace restante::accounts::sqlite {

Result<bool> has_address(const std::filesystem::path& path, std::string_view address) {
  std::error_code failure;
  if (!std::filesystem::exists(path, failure)) return false;
  sql::Opening opening;
  opening.mode = sql::Mode::kRead;
  RESTANTE_TRY(Database database, Database::open(path, opening));
  RESTANTE_TRY(Statement query,
               database.prepare("SELECT EXISTS (SELECT 1 FROM account WHERE name = ?1) "
                                "OR EXISTS (SELECT 1 FROM alias WHERE address = ?1)"));
  query.bind(1, address);
  RESTANTE_TRY(const bool row, query.step());
  return row && query.number(0) != 0;
}

}  // namespace restante::accounts::sqlite
