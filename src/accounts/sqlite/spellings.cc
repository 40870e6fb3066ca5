#include "accounts/sqlite/spellings.h"

#include "accounts/names/idna.h"
#include "accounts/names/names.h"

namespace restante::accounts::sqlite {
namespace {

constexpr bool kFolded = true;
constexpr std::size_t kClashesMax = 100;

// Each pair once: a row with a key beside the row whose name is this key, or beside a later row
// with it.
constexpr std::string_view kClashQuery = R"sql(
WITH odd (name, name_key) AS (
  SELECT name, name_key FROM account WHERE name_key IS NOT NULL
  UNION ALL SELECT address, name_key FROM alias WHERE name_key IS NOT NULL)
SELECT account.name, odd.name FROM odd JOIN account ON account.name = odd.name_key
UNION ALL SELECT alias.address, odd.name FROM odd JOIN alias ON alias.address = odd.name_key
UNION ALL SELECT odd.name, account.name FROM odd JOIN account ON account.name_key = odd.name_key
  WHERE account.name > odd.name
UNION ALL SELECT odd.name, alias.address FROM odd JOIN alias ON alias.name_key = odd.name_key
  WHERE alias.address > odd.name
)sql";

struct SpellingRow {
  std::int64_t id = 0;
  std::string name;
};

Result<std::vector<SpellingRow>> odd_rows(Database& database, std::string_view select) {
  RESTANTE_TRY(Statement query, database.prepare(select));
  std::vector<SpellingRow> rows;
  for (;;) {
    RESTANTE_TRY(const bool row, query.step());
    if (!row) return rows;
    const std::string_view name = query.text(1);
    if (spelling_key(name, kFolded) != name)
      rows.push_back(SpellingRow{query.number(0), std::string(name)});
  }
}

Status fill_table(Database& database, std::string_view select, std::string_view update) {
  RESTANTE_TRY(const std::vector<SpellingRow> rows, odd_rows(database, select));
  RESTANTE_TRY(Statement change, database.prepare(update));
  for (const SpellingRow& row : rows) {
    const ResetAtEnd reset(change);
    change.bind(1, row.id);
    bind_keys(change, 2, row.name);
    RESTANTE_CHECKED(change.step());
  }
  return ok();
}

}  // namespace

Result<std::vector<std::string>> names_by_key(Statement& query, std::string_view name) {
  const ResetAtEnd reset(query);
  query.bind(1, spelling_key(name, kFolded));
  std::vector<std::string> names;
  for (;;) {
    RESTANTE_TRY(const bool row, query.step());
    if (!row) return names;
    names.emplace_back(query.text(0));
  }
}

void bind_keys(Statement& statement, int name_key, std::string_view name) {
  const std::string key = spelling_key(name, kFolded);
  const std::string_view domain = domain_of(name);
  const std::string domain_key = to_a_labels(domain);
  if (key == name)
    statement.bind_null(name_key);
  else
    statement.bind(name_key, key);
  if (domain_key == domain)
    statement.bind_null(name_key + 1);
  else
    statement.bind(name_key + 1, domain_key);
}

Status fill_keys(Database& database) {
  RESTANTE_CHECKED(fill_table(database, "SELECT id, name FROM account",
                              "UPDATE account SET name_key = ?2, domain_key = ?3 WHERE id = ?1"));
  return fill_table(database, "SELECT id, address FROM alias",
                    "UPDATE alias SET name_key = ?2, domain_key = ?3 WHERE id = ?1");
}

Result<std::vector<SpellingClash>> spelling_clashes(Database& database, bool fold_local_part) {
  RESTANTE_TRY(Statement query, database.prepare(kClashQuery));
  std::vector<SpellingClash> clashes;
  while (clashes.size() < kClashesMax) {
    RESTANTE_TRY(const bool row, query.step());
    if (!row) break;
    SpellingClash clash(query.text(0), query.text(1));
    if (spelling_key(clash.first, fold_local_part) == spelling_key(clash.second, fold_local_part))
      clashes.push_back(std::move(clash));
  }
  return clashes;
}

}  // namespace restante::accounts::sqlite
