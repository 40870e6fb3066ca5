#include "accounts/postgresql/check.h"

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

/// An error's words name the key, which the reader of a fault knows.
std::string without_key(const Question& question, const Error& error) {
  const std::string prefix = key_of(question.query) + ": ";
  return error.detail.starts_with(prefix) ? error.detail.substr(prefix.size()) : error.detail;
}

/// Empty: it was answered, and the answer has what it needs.
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
  if (account || account.error().code == Errc::kNotFound) return {};
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
