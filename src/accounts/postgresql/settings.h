// How the accounts are found in a PostgreSQL database.
#pragma once

#include <chrono>
#include <string>

#include "accounts/names/names.h"
#include "accounts/outage.h"
#include "config/keys_fwd.h"

namespace restante::accounts::postgresql {

/// In the queries $1 is the whole name (domain_query: the domain), $2 its local part, $3 its
/// domain. Names are only ever parameters, never text of a query.
struct Settings {
  std::string connection;     ///< A conninfo string: "host=… dbname=… sslmode=verify-full".
  std::string account_query;  ///< Gives the columns name and secret; may give enabled,
                              ///< quota_octets, quota_messages,
                              ///< several_addresses.
  std::string alias_query;    ///< Gives targets, one a row, in the first column; empty: no aliases.
  std::string domain_query;   ///< Gives a row when the domain is ours; empty: none but the default.
  std::chrono::milliseconds timeout{5000};  ///< To connect, and for an answer, each.
  std::size_t connections = 16;
  NameRules names;
  TellOutage tell;
};

/// Of a table of accounts with backend = "postgresql", which needs the required ones.
const config::Keys<Settings>& keys();

}  // namespace restante::accounts::postgresql
