#include "accounts/postgresql/settings.h"

#include <algorithm>

#include "base/ascii.h"
#include "config/keys.h"

namespace restante::accounts::postgresql {
namespace {

using config::key;
using config::Plain;
using config::text;

/// SQL: as text, but it may have several lines.
Result<std::string> query(const config::Value& value) {
  if (value.node.kind != config::Kind::kString) return config::wrong_type("a string", value.node);
  const auto odd = [](char c) { return is_control(c) && c != '\n' && c != '\t' && c != '\r'; };
  if (value.node.text.find_first_not_of(" \t\r\n") == std::string::npos)
    return config::wrong_value("must not be empty");
  if (std::ranges::any_of(value.node.text, odd))
    return config::wrong_value("must not have control characters in it");
  return value.node.text;
}

}  // namespace

const config::Keys<Settings>& keys() {
  static const config::Keys<Settings> keys = {
      key("connection", &Settings::connection, Plain(text, "conninfo"),
          "libpq's words: `host=… dbname=… sslmode=verify-full`. With a password in it, the file "
          "must not be open to others.")
          .required(),
      key("account_query", &Settings::account_query, Plain(query, "SQL"),
          "the query for an account; its columns are below.")
          .required(),
      key("alias_query", &Settings::alias_query, Plain(query, "SQL"), "gives targets, one a row.",
          "no aliases"),
      key("domain_query", &Settings::domain_query, Plain(query, "SQL"),
          "gives a row when the domain `$1` is ours.", "only `default_domain`"),
  };
  return keys;
}

}  // namespace restante::accounts::postgresql
