#include "accounts/postgresql/account_row.h"

#include <charconv>

#include "base/ascii.h"

namespace restante::accounts::postgresql {
namespace {

using Row = std::vector<std::optional<std::string>>;

std::optional<std::size_t> column_of(const Rows& rows, std::string_view name) {
  for (std::size_t i = 0; i < rows.columns.size(); ++i)
    if (rows.columns[i] == name) return i;
  return std::nullopt;
}

Error wrong(std::string_view column, std::string_view what) {
  return Error(Errc::kIo,
               "accounts.account_query: column " + std::string(column) + " " + std::string(what));
}

/// Null where there is no such column, or it is NULL.
const std::string* value_of(const Rows& rows, const Row& row, std::string_view column) {
  const auto place = column_of(rows, column);
  return place && row[*place] ? &*row[*place] : nullptr;
}

Result<bool> read_flag(const Rows& rows, const Row& row, std::string_view column) {
  const std::string* const text = value_of(rows, row, column);
  if (text == nullptr) return true;
  for (const std::string_view yes : {"t", "true", "1", "y", "yes", "on"})
    if (equals_ignore_case(*text, yes)) return true;
  for (const std::string_view no : {"f", "false", "0", "n", "no", "off"})
    if (equals_ignore_case(*text, no)) return false;
  return wrong(column, "is neither true nor false");
}

Result<std::optional<std::uint64_t>> read_number(const Rows& rows, const Row& row,
                                                 std::string_view column) {
  const std::string* const text = value_of(rows, row, column);
  if (text == nullptr) return std::optional<std::uint64_t>();
  std::uint64_t number = 0;
  const char* const end = text->data() + text->size();
  const auto [stop, failure] = std::from_chars(text->data(), end, number);
  if (failure != std::errc{} || stop != end || text->empty())
    return wrong(column, "is not a number, 0 or more");
  return std::optional(number);
}

bool is_spelling_of(const std::string& row, std::string_view name, const NameRules& rules) {
  return row == name ||
         spelling_key(row, rules.fold_local_part) == spelling_key(name, rules.fold_local_part);
}

Result<std::optional<SeveralAddresses>> read_several(const Rows& rows, const Row& row) {
  const std::string* const text = value_of(rows, row, "several_addresses");
  if (text == nullptr) return std::optional<SeveralAddresses>();
  if (*text == "one") return std::optional(SeveralAddresses::kOne);
  if (*text == "each") return std::optional(SeveralAddresses::kEach);
  return wrong("several_addresses", "is not one or each");
}

}  // namespace

Result<Account> to_account(const Rows& rows, std::string_view name, const NameRules& rules) {
  if (!column_of(rows, "name")) return wrong("name", "is missing");
  if (!column_of(rows, "secret")) return wrong("secret", "is missing");
  const Row* found = nullptr;
  Account account;
  for (const Row& row : rows.rows) {
    const std::string* const text = value_of(rows, row, "name");
    if (text == nullptr) continue;
    auto canonical = canonical_name(*text, rules);
    // The very spelling goes before another one, which the query may have found by its own rules.
    if (!canonical || !is_spelling_of(*canonical, name, rules)) continue;
    const bool exact = *canonical == name;
    if (found != nullptr && !exact && account.name == name) continue;
    if (found != nullptr && exact == (account.name == name))
      return Error(Errc::kIo, "accounts.account_query gives two rows for " + std::string(name));
    found = &row;
    account.name = *std::move(canonical);
  }
  if (found == nullptr) return Error(Errc::kNotFound, "no such account");
  const std::string* const secret = value_of(rows, *found, "secret");
  if (secret != nullptr) account.secret = *secret;
  RESTANTE_TRY(const bool enabled, read_flag(rows, *found, "enabled"));
  RESTANTE_TRY(const auto octets, read_number(rows, *found, "quota_octets"));
  RESTANTE_TRY(const auto messages, read_number(rows, *found, "quota_messages"));
  RESTANTE_TRY(const auto several, read_several(rows, *found));
  account.enabled = enabled;
  account.allowance.several_addresses = several;
  account.allowance.quota_octets = octets;
  account.allowance.quota_messages = messages;
  return account;
}

}  // namespace restante::accounts::postgresql
