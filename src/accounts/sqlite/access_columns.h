// Who may log in with an account, and from where, as columns of its row.
#pragma once

#include <memory>
#include <string>

#include "accounts/networks.h"
#include "accounts/sqlite/database.h"

namespace restante::accounts::sqlite {

/// In the order that both functions take them.
inline constexpr std::string_view kAccessColumns = "enabled, no_login, networks";
inline constexpr int kAccessColumnCount = 3;

struct Access {
  bool enabled = true;
  bool no_login = false;
  std::shared_ptr<const Networks> networks;  ///< Null: from everywhere.
  std::string fault;                         ///< Somebody wrote networks that are none.
};

/// From the columns that begin at `first` (0..) of the present row.
Access read_access(const Statement& row, int first);

void bind_networks(Statement& statement, int index,
                   const std::shared_ptr<const Networks>& networks);

}  // namespace restante::accounts::sqlite
