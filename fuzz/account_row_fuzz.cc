// An answer of the accounts' database: columns by the input's first line, then a row a line, fields
// between tabs ("\N" is NULL). An account is made of a row of its very name alone, with that row's
// secret.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "accounts/postgresql/account_row.h"
#include "base/check.h"

namespace {

using namespace restante;  // NOLINT(google-build-using-namespace): a program of its own
using accounts::Account;
using accounts::postgresql::Rows;

constexpr std::string_view kName = "a@x.test";

std::string_view take_until(std::string_view& rest, char mark) {
  const std::size_t end = std::min(rest.find(mark), rest.size());
  const std::string_view piece = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return piece;
}

/// As a database gives them: each row has as many fields as there are columns.
Rows read_rows(std::string_view text) {
  Rows out;
  for (std::string_view line = take_until(text, '\n'); !line.empty();)
    out.columns.emplace_back(take_until(line, '\t'));
  while (!text.empty()) {
    std::string_view line = take_until(text, '\n');
    auto& row = out.rows.emplace_back();
    for (std::size_t i = 0; i < out.columns.size(); ++i) {
      const std::string_view field = take_until(line, '\t');
      row.push_back(field == "\\N" ? std::nullopt : std::optional<std::string>(field));
    }
  }
  return out;
}

std::size_t place_of(const Rows& rows, std::string_view column) {
  std::size_t place = 0;
  while (rows.columns.at(place) != column) ++place;
  return place;
}

void check_account(const Account& account, const Rows& rows, const accounts::NameRules& rules) {
  RESTANTE_CHECK(account.handle.empty());
  RESTANTE_CHECK(accounts::spelling_key(account.name, true) == kName);
  std::size_t found = 0;
  for (const auto& row : rows.rows) {
    const auto& name = row.at(place_of(rows, "name"));
    const auto canonical = accounts::canonical_name(name.value_or(""), rules);
    if (!canonical || *canonical != account.name) continue;
    ++found;
    RESTANTE_CHECK(account.secret == row.at(place_of(rows, "secret")).value_or(""));
  }
  RESTANTE_CHECK(found == 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Rows rows = read_rows({reinterpret_cast<const char*>(data), size});
  const accounts::NameRules rules("x.test", true);
  const auto account = accounts::postgresql::to_account(rows, kName, rules);
  const auto has = [&rows](std::string_view column) {
    return std::find(rows.columns.begin(), rows.columns.end(), column) != rows.columns.end();
  };
  const bool complete = has("name") && has("secret");
  if (account)
    check_account(*account, rows, rules);
  else if (complete)
    RESTANTE_CHECK(account.error().code == Errc::kNotFound || account.error().code == Errc::kIo);
  else
    RESTANTE_CHECK(account.error().code == Errc::kState);
  return 0;
}
