// Names that accounts had, and that none has any more. They are kept as hashes: a name may have
// been purged. Who has the file can still try a name out, as in the journal.
#pragma once

#include <string_view>

#include "accounts/sqlite/database.h"

namespace restante::accounts::sqlite {

/// `name` is canonical; all its spellings are one. In the caller's transaction.
Status note_former_name(Database& database, std::string_view name);
/// Whether it was noted, is the maildrop of an account with another name today, or has settings
/// that an account of another back end left.
Result<bool> is_former_name(Database& database, std::string_view name);

}  // namespace restante::accounts::sqlite
