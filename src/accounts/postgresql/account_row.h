// From a row that the operator's query gave to an account. Pure; knows no connection.
#pragma once

#include <string_view>

#include "accounts/directory.h"
#include "accounts/names/names.h"
#include "accounts/postgresql/connection.h"

namespace restante::accounts::postgresql {

/// The account of that name among the rows. A row counts only under the very name, however the
/// database compares. Errors: kNotFound; kState (a column is missing, for every name); kIo (a
/// column makes no sense, or two rows have the name).
Result<Account> to_account(const Rows& rows, std::string_view name, const NameRules& rules);

}  // namespace restante::accounts::postgresql
