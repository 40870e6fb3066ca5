#include "archive/database/absence.h"

namespace restante::archive {

Result<std::uint64_t> count_gone(Database& database, std::string_view account) {
  RESTANTE_TRY(Statement query,
               // Both, since the index is of those that are removed, and of no use to SQLite for
               // the one value.
               database.prepare("SELECT count(*) FROM messages WHERE removed > 0 AND removed = 2 "
                                "AND (?1 = '' OR account = ?1)"));
  query.bind(1, account);
  RESTANTE_TRY(const bool row, query.step());
  return row ? static_cast<std::uint64_t>(query.number(0)) : 0;
}

Result<std::vector<Gone>> all_gone(Database& database, const std::vector<std::string>& accounts) {
  std::vector<Gone> gone;
  RESTANTE_TRY(Statement query,
               database.prepare("SELECT id, account, sha256, subject FROM messages WHERE "
                                "removed > 0 AND removed = 2 AND account = ?1 ORDER BY id"));
  for (const std::string& account : accounts) {
    const ResetAtEnd reset(query);
    query.bind(1, account);
    for (;;) {
      RESTANTE_TRY(const bool more, query.step());
      if (!more) break;
      gone.push_back({query.number(0), std::string(query.text(1)), std::string(query.text(2)),
                      std::string(query.text(3))});
    }
  }
  return gone;
}

Result<std::uint64_t> accept_gone(Database& database, const std::vector<std::string>& accounts,
                                  Absence as) {
  RESTANTE_TRY(const auto transaction, database.begin());
  std::uint64_t count = 0;
  RESTANTE_TRY(Statement update,
               database.prepare("UPDATE messages SET removed = ?2 WHERE removed > 0 AND "
                                "removed = 2 AND account = ?1"));
  for (const std::string& account : accounts) {
    RESTANTE_TRY(const std::uint64_t gone, count_gone(database, account));
    count += gone;
    update.bind(1, account);
    update.bind(2, static_cast<std::int64_t>(as));
    RESTANTE_CHECKED(update.run());
  }
  RESTANTE_CHECKED(transaction->commit());
  return count;
}

}  // namespace restante::archive
