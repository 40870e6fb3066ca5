// What is set for an account, as columns of its row in the table `settings`; NULL where its back
// end's word or the configuration's default holds, and where a join finds no row.
#pragma once

#include "accounts/account_settings.h"
#include "accounts/copy.h"
#include "accounts/sqlite/database.h"

namespace restante::accounts::sqlite {

/// In the order that both functions take them.
inline constexpr std::string_view kSettingsColumns =
    "enabled, no_login, networks, quota_octets, quota_messages, retention_days, retention_from, "
    "several_addresses, route_pop3, route_lmtp, is_operator";
inline constexpr int kSettingsColumnCount = 11;

/// All but the devices, from the columns that begin at `first` (0..) of the present row.
AccountSettings read_settings(const Statement& row, int first);
/// To the parameters that begin at `first` (1..). Errors: kSyntax (over a maximum).
Status bind_settings(Statement& statement, int first, const AccountSettings& settings);

/// Of the table `copy`, in the order of read_copy().
inline constexpr std::string_view kCopyColumns =
    "label, target, recipient, instead, paused, keep_ids, created";
Copy read_copy(const Statement& row, int first);

/// What all retentions come to, for read_spread().
inline constexpr std::string_view kSelectSpread =
    "SELECT count(*), min(nullif(retention_days, 0)) FROM settings WHERE retention_days IS NOT "
    "NULL";
Result<RetentionSpread> read_spread(Statement& query);

/// The devices of an account, for read_devices().
inline constexpr std::string_view kSelectDevices =
    "SELECT label, tag, last_used FROM device WHERE account = ?1 ORDER BY label";
/// What that finds for an account. Errors: as Statement::step().
Result<std::vector<Device>> read_devices(Statement& query, std::string_view account);

}  // namespace restante::accounts::sqlite
