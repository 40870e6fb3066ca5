#include "accounts/postgresql/check.h"

#include <algorithm>
#include <array>

#include "accounts/postgresql/account_row.h"
#include "accounts/postgresql/connection.h"
#include "accounts/postgresql/query_text.h"

namespace restante::accounts::postgresql {
namespace {

struct Question {
  Query query;
  const std::string& text;

  [[nodiscard]] std::string key() const {
    const std::string full = key_of(query);
    return full.substr(full.find('.') + 1);
  }
};

std::vector<Question> questions(const Settings& settings) {
  std::vector<Question> out{{Query::kAccount, settings.account_query}};
  if (!settings.alias_query.empty()) out.push_back({Query::kAlias, settings.alias_query});
  if (!settings.domain_query.empty()) out.push_back({Query::kDomain, settings.domain_query});
  return out;
}

// pg_type.dat; types that the operator made have higher numbers, and may hold any value.
constexpr std::uint32_t kOwnTypesFrom = 16384;
constexpr std::array<std::uint32_t, 6> kTexts = {18, 19, 25, 705, 1042, 1043};
constexpr std::array<std::uint32_t, 6> kNumbers = {20, 21, 23, 700, 701, 1700};
constexpr std::array<std::uint32_t, 2> kFlags = {16, 1560};
constexpr std::uint32_t kOctets = 17;

template <std::size_t N>
bool is_one_of(std::uint32_t type, const std::array<std::uint32_t, N>& types) {
  return std::find(types.begin(), types.end(), type) != types.end();
}

/// Empty: the type fits the column.
std::string why_wrong_type(std::string_view column, std::uint32_t type) {
  const bool text = type >= kOwnTypesFrom || is_one_of(type, kTexts);
  const bool number = is_one_of(type, kNumbers);
  if (column == "quota_octets" || column == "quota_messages")
    return text || number ? "" : "is of a type that holds no number";
  if (column == "enabled")
    return text || number || is_one_of(type, kFlags) ? "" : "is of a type that holds no yes or no";
  if (column == "secret") return text || type == kOctets ? "" : "is of a type that holds no text";
  if (column == "several_addresses") return text ? "" : "is of a type that holds no text";
  // A number may be a local part.
  if (column == "name") return text || number ? "" : "is of a type that holds no text";
  return {};
}

std::string wrong_types(const Rows& rows) {
  for (std::size_t i = 0; i < rows.columns.size(); ++i)
    if (std::string why = why_wrong_type(rows.columns[i], rows.types[i]); !why.empty())
      return "column " + rows.columns[i] + " " + why;
  return {};
}

/// Without the key in the error's words, since the fault names it.
std::string without_key(const Question& question, const Error& error) {
  const std::string prefix = key_of(question.query) + ": ";
  return error.detail.starts_with(prefix) ? error.detail.substr(prefix.size()) : error.detail;
}

/// Empty: it was answered, with all that is needed.
std::string ask_one(Connection& connection, const Question& question, const Settings& settings) {
  if (question.query == Query::kAccount && count_parameters(question.text) == 0)
    return "has no $1, so it finds the same for every name: write $1 where the name belongs, "
           "without quotes";
  const std::string domain =
      settings.names.default_domain.empty() ? "invalid" : settings.names.default_domain;
  const std::string name = std::string(kNobodysName) + "@" + domain;
  const bool whole = question.query != Query::kDomain;
  const auto rows =
      connection.run(question.query, {whole ? name : domain, kNobodysName, domain}, 1);
  if (!rows) return without_key(question, rows.error());
  if (question.query != Query::kAccount) return {};
  const auto account = to_account(*rows, name, settings.names);
  if (account || account.error().code == Errc::kNotFound) return wrong_types(*rows);
  return without_key(question, account.error());
}

}  // namespace

KeyFaults check_settings(const Settings& settings) {
  KeyFaults out;
  if (const Status checked = check_connection_text(settings.connection); !checked)
    out.emplace_back("connection", checked.error().detail);
  for (const Question& question : questions(settings))
    if (const Status checked = check_query(question.text); !checked)
      out.emplace_back(question.key(), checked.error().detail);
  return out;
}

KeyFaults ask(const Settings& settings) {
  KeyFaults out;
  auto connection = Connection::open(settings);
  if (!connection) {
    out.emplace_back("connection", connection.error().detail);
    return out;
  }
  for (const Question& question : questions(settings)) {
    const std::string fault = ask_one(**connection, question, settings);
    if (!fault.empty()) out.emplace_back(question.key(), fault);
    if (!(*connection)->broken()) continue;
    auto again = Connection::open(settings);
    if (!again) return out;
    connection = std::move(again);
  }
  return out;
}

}  // namespace restante::accounts::postgresql
