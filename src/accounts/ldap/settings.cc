#include "accounts/ldap/settings.h"

#include <algorithm>

#include "base/ascii.h"
#include "config/keys.h"

namespace restante::accounts::ldap {
namespace {

using config::kBoolean;
using config::key;
using config::kPath;
using config::kText;
using config::OneOf;
using config::Plain;
using config::text;
using config::Value;
using config::wrong_value;

constexpr auto kPasswords = std::to_array<config::Choice<PasswordBy>>(
    {{"bind", PasswordBy::kBind}, {"secret", PasswordBy::kSecret}});

/// RFC 4512 s.1.4: a keystring or a numericoid.
bool is_attribute(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return is_alpha(c) || is_digit(c) || c == '-' || c == '.';
  });
}

Result<std::string> attribute(const Value& value) {
  RESTANTE_TRY(const std::string name, text(value));
  if (!is_attribute(name))
    return wrong_value("must be the name of an LDAP attribute, as in \"mail\"");
  return name;
}

/// One or more of them, with a blank between: "mail uid".
Result<std::vector<std::string>> attributes(const Value& value) {
  RESTANTE_TRY(const std::string names, text(value));
  std::vector<std::string> out;
  std::string_view rest = names;
  for (bool more = true; more;) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    if (!is_attribute(out.emplace_back(rest.substr(0, end))))
      return wrong_value(
          "must be names of LDAP attributes with one blank between, as in \"mail uid\"");
    more = end < rest.size();
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return out;
}

/// The short name of an Active Directory domain, as in CORP\alice.
Result<std::string> windows_domain(const Value& value) {
  RESTANTE_TRY(const std::string name, text(value));
  if (name.find_first_of("\\/@. ") != std::string::npos)
    return wrong_value("must be the short name alone, as in \"CORP\"");
  return name;
}

}  // namespace

const config::Keys<Settings>& keys() {
  static const config::Keys<Settings> keys = {
      key("uri", &Settings::uri, Plain(text, "one or more, with blanks between"),
          "`ldap://`, `ldaps://` or `ldapi://`. `ldap://` to another machine needs `start_tls`. "
          "Where one fails or hangs, the next is asked.")
          .required(),
      key("start_tls", &Settings::start_tls, kBoolean, "StartTLS, required."),
      key("ca_file", &Settings::ca_file, kPath,
          "the authority of the server's certificate, which is always checked.", "the system's"),
      key("bind_dn", &Settings::bind_dn, kText, "the name under which the server searches.",
          "anonymous"),
      key("bind_password_file", &Settings::bind_password_file, kPath,
          "its password is the first line of this file, which others may not read."),
      key("base", &Settings::base, kText, "where the search starts; the whole tree below counts.")
          .required(),
      key("filter", &Settings::filter, Plain(text, "filter"),
          "finds one account: `{name}`, `{local}` and `{domain}` are replaced, escaped.")
          .required(),
      key("name_attribute", &Settings::name_attributes,
          Plain(attributes, "attribute, or several with a blank between"),
          "one of them must hold the very name that was asked for: `\"mail uid "
          "userPrincipalName\"`. Several need `maildrop_attribute`."),
      key("maildrop_attribute", &Settings::maildrop_attribute, Plain(attribute, "attribute"),
          "names the entry's one maildrop, whichever of its names is used: `\"uid\"`, "
          "`\"entryUUID\"`, `\"objectGUID\"`. See [accounts.md](accounts.md) before you set it on "
          "existing mail.",
          "the entry's first name"),
      key("windows_domain", &Settings::windows_domain, Plain(windows_domain, "short name"),
          "`\"CORP\"` lets `CORP\\alice` log in as `alice`."),
      key("disabled_filter", &Settings::disabled_filter, Plain(text, "filter"),
          "entries that it fits have a disabled account: no login, and mail is refused (550 "
          "5.2.1).",
          "nobody"),
      key("no_login_filter", &Settings::no_login_filter, Plain(text, "filter"),
          "entries that it fits get mail and cannot log in.", "nobody"),
      key("password", &Settings::password_by, OneOf(kPasswords),
          "the server checks passwords by a bind, or Restante by `secret_attribute`."),
      key("secret_attribute", &Settings::secret_attribute, Plain(attribute, "attribute"),
          "where the secret is."),
      key("alias_filter", &Settings::alias_filter, Plain(text, "filter"),
          "finds where mail for `{name}` goes, which may be `@domain`.", "no aliases"),
      key("alias_attribute", &Settings::alias_attribute, Plain(attribute, "attribute"),
          "the attribute with the targets, of the entry that `alias_filter` finds."),
  };
  return keys;
}

}  // namespace restante::accounts::ldap
