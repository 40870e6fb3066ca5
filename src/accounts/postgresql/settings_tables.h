// The tables of ours in a PostgreSQL database, `restante_settings`, `restante_device` and
// `restante_copy`: the settings of accounts of every back end. docs/configuration.md shows them.
#pragma once

#include "accounts/account_settings.h"
#include "accounts/copy.h"
#include "accounts/postgresql/connection.h"

namespace restante::accounts::postgresql {

/// enabled, no_login, networks, quota_octets, quota_messages, retention_days, retention_from,
/// several_addresses, route_pop3, route_lmtp, is_operator: in this order for both functions.
inline constexpr std::size_t kSettingsColumnCount = 11;

// A table that an older version made has no such column, and a server that may only read cannot add
// it: a login must not fail for that.
#define RESTANTE_IS_OPERATOR "coalesce((to_jsonb(s) ->> 'is_operator')::boolean, false)"

using Row = std::vector<std::optional<std::string>>;

/// Errors: kIo (a value that cannot be read: another program wrote it).
Result<AccountSettings> read_settings(const Row& row, std::size_t first);
/// Of a row of label, tag, last_used; nothing where the label is NULL or the tag none of ours.
std::optional<Device> read_device(const Row& row, std::size_t first);
// Of restante_copy, in the order of read_copy() and values_of().
#define RESTANTE_COPY_COLUMNS "label, target, recipient, instead, paused, keep_ids, created"

Copy read_copy(const Row& row, std::size_t first);
Values values_of(const Copy& copy);

/// Errors: kSyntax (over a maximum).
Result<Values> values_of(const AccountSettings& settings);

std::string to_hex(const DeviceTag& tag);
std::string to_text(WallTime time);
std::optional<WallTime> to_time(const std::optional<std::string>& text);

/// Makes the tables where they are missing. Errors: kState (this user may not), kIo.
Status make_tables(Connection& connection);

/// Runs it; where the tables are missing, makes them and runs it again. Errors: as run_own().
Result<Rows> run_on_tables(Connection& connection, const char* sql, const Values& values);

}  // namespace restante::accounts::postgresql
