#include "accounts/sqlite/access_columns.h"

namespace restante::accounts::sqlite {

Access read_access(const Statement& row, int first) {
  Access access;
  access.enabled = row.number(first) != 0;
  access.no_login = row.number(first + 1) != 0;
  if (row.is_null(first + 2)) return access;
  auto networks = Networks::parse(row.text(first + 2));
  if (networks)
    access.networks = std::make_shared<const Networks>(*std::move(networks));
  else
    access.fault = "networks: " + networks.error().detail;
  return access;
}

void bind_networks(Statement& statement, int index,
                   const std::shared_ptr<const Networks>& networks) {
  if (networks)
    statement.bind(index, networks->to_string());
  else
    statement.bind_null(index);
}

}  // namespace restante::accounts::sqlite
