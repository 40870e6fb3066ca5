// How the accounts are found in an LDAP directory.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "accounts/names/names.h"
#include "accounts/outage.h"
#include "config/keys_fwd.h"

namespace restante::accounts::ldap {

/// Who compares the password: the LDAP server by a bind, or we, with a secret read from the entry.
enum class PasswordBy : std::uint8_t { kBind, kSecret };

struct Settings {
  std::string uri;                ///< ldap://, ldaps:// or ldapi://; several with blanks between.
  bool start_tls = false;         ///< Required, not tried.
  std::filesystem::path ca_file;  ///< Empty: the system's. Certificates are always checked.
  std::string bind_dn;            ///< For searches; empty: anonymous.
  std::filesystem::path bind_password_file;  ///< Its first line.
  std::string base;
  std::string filter;  ///< A template (filter.h) that finds one account.
  /// One of them must hold the name that was asked for; the first ones go before the others.
  std::vector<std::string> name_attributes = {"mail"};
  /// Names the account, and so its maildrop, under each of its spellings; empty: the first name of
  /// the entry does.
  std::string maildrop_attribute;
  std::string windows_domain;   ///< "CORP" for logins as CORP\alice; empty: there are none.
  std::string disabled_filter;  ///< Of an entry (entry_filter.h); empty: none is.
  std::string no_login_filter;  ///< The same for entries that get mail and do not log in.
  PasswordBy password_by = PasswordBy::kBind;
  std::string secret_attribute = "userPassword";  ///< For kSecret.
  std::string alias_filter;                       ///< Empty: no aliases.
  std::string alias_attribute = "mail";           ///< Of what alias_filter finds: the targets.
  std::chrono::milliseconds timeout{5000};        ///< To connect, and for an answer, each.
  std::size_t connections = 16;
  NameRules names;
  TellOutage tell;
};

/// Of a table of accounts with backend = "ldap"; what it has of them needs the required ones.
const config::Keys<Settings>& keys();

}  // namespace restante::accounts::ldap
