#include "archive/database/catalog.h"

#include "base/check.h"

namespace restante::archive {
namespace {

// A message that comes back after it was removed is a message again, with its old row. A message
// that was to stay once stays: mail that passed through, and is imported later, must not be deleted
// by the next fetch.
constexpr std::string_view kInsert =
    "INSERT INTO messages (account, sha256, name, size, arrived, date, copy, passing) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6, ?7) "
    "ON CONFLICT (account, sha256, copy) DO UPDATE SET removed = 0, "
    "passing = min(passing, excluded.passing), "
    "name = CASE WHEN removed THEN excluded.name ELSE name END RETURNING id";
constexpr std::string_view kFind =
    "SELECT 1 FROM messages WHERE account = ?1 AND sha256 = ?2 AND copy = ?3";
constexpr std::string_view kRemoved =
    "SELECT coalesce(max(CASE WHEN copy = ?3 THEN removed END), min(removed), 0) FROM messages "
    "WHERE account = ?1 AND sha256 = ?2";

}  // namespace

Result<Catalog> Catalog::open(Database& database) {
  RESTANTE_TRY(Statement insert, database.prepare(kInsert));
  RESTANTE_TRY(Statement find, database.prepare(kFind));
  RESTANTE_TRY(Statement removed, database.prepare(kRemoved));
  return Catalog(std::move(insert), std::move(find), std::move(removed));
}

Result<std::int64_t> Catalog::note_kept(std::string_view account, const Kept& kept,
                                        std::uint32_t copy, Stay stay) {
  const ResetAtEnd reset(insert_);
  insert_.bind(1, account);
  insert_.bind(2, kept.sha256);
  insert_.bind(3, (kept.folder == Folder::kNew ? "new/" : "cur/") + kept.name);
  insert_.bind(4, static_cast<std::int64_t>(kept.size));
  insert_.bind(5, kept.seconds);
  insert_.bind(6, std::int64_t{copy});
  insert_.bind(7, std::int64_t{stay == Stay::kInPassing});
  RESTANTE_TRY(const bool row, insert_.step());
  // RETURNING gives the row, also of one that was there.
  RESTANTE_CHECK(row);
  const std::int64_t id = insert_.number(0);
  // To its end: only then the statement has done its work.
  RESTANTE_CHECKED(insert_.step());
  return id;
}

Result<bool> Catalog::knows(std::string_view account, std::string_view sha256, std::uint32_t copy) {
  const ResetAtEnd reset(find_);
  find_.bind(1, account);
  find_.bind(2, sha256);
  find_.bind(3, std::int64_t{copy});
  return find_.step();
}

Result<Absence> Catalog::absence_of(std::string_view account, std::string_view sha256,
                                    std::uint32_t copy) {
  const ResetAtEnd reset(removed_);
  removed_.bind(1, account);
  removed_.bind(2, sha256);
  removed_.bind(3, std::int64_t{copy});
  RESTANTE_TRY(const bool row, removed_.step());
  return row ? static_cast<Absence>(removed_.number(0)) : Absence::kNone;
}

}  // namespace restante::archive
