// An account's allowance as columns of its row: NULL where the configuration's default holds.
#pragma once

#include "accounts/allowance.h"
#include "accounts/sqlite/database.h"

namespace restante::accounts::sqlite {

/// In the order that both functions take them.
inline constexpr std::string_view kAllowanceColumns =
    "quota_octets, quota_messages, retention_days, retention_from, several_addresses";

/// From the columns that begin at `first` (0..) of the present row.
Allowance read_allowance(const Statement& row, int first);
/// To the parameters that begin at `first` (1..). Errors: kSyntax (over a maximum).
Status bind_allowance(Statement& statement, int first, const Allowance& allowance);

}  // namespace restante::accounts::sqlite
