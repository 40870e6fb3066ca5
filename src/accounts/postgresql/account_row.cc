#include "accounts/postgresql/account_row.h"

#include <algorithm>
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

Error wrong(std::string_view column, std::string_view what, Errc code = Errc::kIo) {
  return Error(
      code, key_of(Query::kAccount) + ": column " + std::string(column) + " " + std::string(what));
}

/// Null where there is no such column, or it is NULL.
const std::string* value_of(const Rows& rows, const Row& row, std::string_view column) {
  const auto place = column_of(rows, column);
  return place && row[*place] ? &*row[*place] : nullptr;
}

std::string_view take_digits(std::string_view& text) {
  const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
  const std::string_view digits = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(digits.size());
  return digits;
}

/// The exponent behind the digits; std::nullopt: the text is none.
std::optional<int> read_exponent(std::string_view text) {
  if (text.empty()) return 0;
  if (to_lower(text.front()) != 'e') return std::nullopt;
  text.remove_prefix(text.starts_with("e+") || text.starts_with("E+") ? 2 : 1);
  int exponent = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, exponent);
  if (failure != std::errc{} || stop != end) return std::nullopt;
  return exponent;
}

/// As every type of number is written: "1000", "1000.00", "1e+06". std::nullopt: not a number, not
/// whole, below 0, or too large.
std::optional<std::uint64_t> whole_number(std::string_view text) {
  std::string digits(take_digits(text));
  std::string_view fraction;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    fraction = take_digits(text);
  }
  digits += fraction;
  const auto exponent = read_exponent(text);
  if (digits.empty() || !exponent) return std::nullopt;
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  if (digits.empty()) return 0;
  std::int64_t behind_point = static_cast<std::int64_t>(fraction.size()) - *exponent;
  for (; behind_point > 0; --behind_point) {
    if (digits.empty() || digits.back() != '0') return std::nullopt;
    digits.pop_back();
  }
  constexpr std::int64_t kDigitsMax = 20;  // Of 2^64.
  if (static_cast<std::int64_t>(digits.size()) - behind_point > kDigitsMax) return std::nullopt;
  digits.append(static_cast<std::size_t>(-behind_point), '0');
  std::uint64_t number = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, failure] = std::from_chars(digits.data(), end, number);
  if (failure != std::errc{} || stop != end) return std::nullopt;
  return number;
}

Result<bool> read_flag(const Rows& rows, const Row& row, std::string_view column) {
  const std::string* const text = value_of(rows, row, column);
  if (text == nullptr) return true;
  for (const std::string_view yes : {"t", "true", "1", "y", "yes", "on"})
    if (equals_ignore_case(*text, yes)) return true;
  for (const std::string_view no : {"f", "false", "0", "n", "no", "off"})
    if (equals_ignore_case(*text, no)) return false;
  if (const auto number = whole_number(*text); number && *number <= 1) return *number == 1;
  return wrong(column, "is neither true nor false");
}

Result<std::optional<std::uint64_t>> read_number(const Rows& rows, const Row& row,
                                                 std::string_view column) {
  const std::string* const text = value_of(rows, row, column);
  if (text == nullptr) return std::optional<std::uint64_t>();
  const auto number = whole_number(*text);
  if (!number) return wrong(column, "is not a whole number, 0 or more");
  return number;
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
  if (!column_of(rows, "name")) return wrong("name", "is missing", Errc::kState);
  if (!column_of(rows, "secret")) return wrong("secret", "is missing", Errc::kState);
  const Row* found = nullptr;
  Account account;
  for (const Row& row : rows.rows) {
    const std::string* const text = value_of(rows, row, "name");
    if (text == nullptr) continue;
    auto canonical = canonical_name(*text, rules);
    // The exact spelling goes before another one, which the query may have found by its own rules.
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
