#include "archive/catalog.h"

#include "base/check.h"

namespace restante::archive {
namespace {

// A message that comes back after it was removed is a message again, with its old row.
constexpr std::string_view kInsert =
    "INSERT INTO messages (account, sha256, name, size, arrived, date) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?5) "
    "ON CONFLICT (account, sha256) DO UPDATE SET removed = 0, "
    "name = CASE WHEN removed THEN excluded.name ELSE name END RETURNING id";

}  // namespace

Result<Catalog> Catalog::open(Database& database) {
  RESTANTE_TRY(Statement insert, database.prepare(kInsert));
  RESTANTE_TRY(Statement find, database.prepare("SELECT removed FROM messages "
                                                "WHERE account = ?1 AND sha256 = ?2"));
  return Catalog(std::move(insert), std::move(find));
}

Result<std::int64_t> Catalog::record_kept(std::string_view account, const Kept& kept) {
  const ResetAtEnd reset(insert_);
  insert_.bind(1, account);
  insert_.bind(2, kept.sha256);
  insert_.bind(3, (kept.folder == Folder::kNew ? "new/" : "cur/") + kept.name);
  insert_.bind(4, static_cast<std::int64_t>(kept.size));
  insert_.bind(5, kept.seconds);
  RESTANTE_TRY(const bool row, insert_.step());
  RESTANTE_CHECK(row);
  const std::int64_t id = insert_.number(0);
  RESTANTE_CHECKED(insert_.step());
  return id;
}

Result<bool> Catalog::knows(std::string_view account, std::string_view sha256) {
  const ResetAtEnd reset(find_);
  find_.bind(1, account);
  find_.bind(2, sha256);
  return find_.step();
}

Result<bool> Catalog::was_removed(std::string_view account, std::string_view sha256) {
  const ResetAtEnd reset(find_);
  find_.bind(1, account);
  find_.bind(2, sha256);
  RESTANTE_TRY(const bool row, find_.step());
  return row && find_.number(0) != 0;
}

}  // namespace restante::archive
