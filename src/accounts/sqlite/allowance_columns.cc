#include "accounts/sqlite/allowance_columns.h"

namespace restante::accounts::sqlite {
namespace {

template <typename Number>
std::optional<Number> read(const Statement& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return static_cast<Number>(row.number(column));
}

template <typename Number>
void bind(Statement& statement, int index, const std::optional<Number>& value) {
  if (value)
    statement.bind(index, static_cast<std::int64_t>(*value));
  else
    statement.bind_null(index);
}

}  // namespace

Allowance read_allowance(const Statement& row, int first) {
  Allowance allowance;
  allowance.quota_octets = read<std::uint64_t>(row, first);
  allowance.quota_messages = read<std::uint64_t>(row, first + 1);
  allowance.retention_days = read<std::uint32_t>(row, first + 2);
  allowance.retention_from = read<RetentionFrom>(row, first + 3);
  allowance.several_addresses = read<SeveralAddresses>(row, first + 4);
  return allowance;
}

Status bind_allowance(Statement& statement, int first, const Allowance& allowance) {
  if (allowance.quota_octets > kQuotaMax || allowance.quota_messages > kQuotaMax)
    return Error(Errc::kSyntax, "a quota is at most 2^62");
  if (allowance.retention_days > kRetentionDaysMax)
    return Error(Errc::kSyntax, "a retention is at most 36500 days");
  bind(statement, first, allowance.quota_octets);
  bind(statement, first + 1, allowance.quota_messages);
  bind(statement, first + 2, allowance.retention_days);
  bind(statement, first + 3, allowance.retention_from);
  bind(statement, first + 4, allowance.several_addresses);
  return ok();
}

}  // namespace restante::accounts::sqlite
