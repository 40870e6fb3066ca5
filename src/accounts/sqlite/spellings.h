// The other spellings of names in accounts.db. Accounts and aliases that are not their own key
// (spelling.h, with folding) carry it in a column of their own; in all other rows it is NULL.
//
// Weak: the keys are as the Unicode tables were when the row was written. A letter that a newer
// Unicode gave a case to keeps its old key until its account is made anew.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "accounts/names/spelling.h"
#include "accounts/sqlite/database.h"

namespace restante::accounts::sqlite {

/// Names whose key is ?1, with and without folding: choose_spelling() tells which of them count.
inline constexpr std::string_view kAccountsByKey =
    "SELECT name FROM account WHERE name = ?1 UNION ALL "
    "SELECT name FROM account WHERE name_key = ?1";
inline constexpr std::string_view kAliasesByKey =
    "SELECT address FROM alias WHERE address = ?1 UNION ALL "
    "SELECT address FROM alias WHERE name_key = ?1";
/// Whether any row is not its own key.
inline constexpr std::string_view kAnyOddName =
    "SELECT EXISTS (SELECT 1 FROM account WHERE name_key IS NOT NULL) "
    "OR EXISTS (SELECT 1 FROM alias WHERE name_key IS NOT NULL)";

/// The names that such a query gives for `name`. Errors: as Statement::step().
Result<std::vector<std::string>> names_by_key(Statement& query, std::string_view name);

/// Binds the key of `name`, and of its domain, to these places; NULL where they are the same.
void bind_keys(Statement& statement, int name_key, std::string_view name);

/// Fills in the columns of a database that has just got them. In the caller's transaction.
Status fill_keys(Database& database);

/// Names that are one under this folding, of accounts and aliases; 100 at most.
Result<std::vector<SpellingClash>> spelling_clashes(Database& database, bool fold_local_part);

}  // namespace restante::accounts::sqlite
