// The names of an entry: which of them was asked for, and which one names the account. Pure; knows
// no connection.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "accounts/ldap/entry.h"
#include "accounts/ldap/settings.h"
#include "base/result.h"

namespace restante::accounts::ldap {

/// How an entry has the name that was asked for. The lower rank goes before the higher one.
struct NameMatch {
  std::size_t rank = 0;
  std::string spelling;
};

/// std::nullopt: it has not. LDAP compares loosely (case, blanks): an entry counts only under a
/// spelling of the name, the very spelling before the others, and then by the order of the name
/// attributes.
std::optional<NameMatch> match_name(const Entry& entry, std::string_view name,
                                    const Settings& settings);

/// The one entry of the lowest rank among `entries`. Errors: kNotFound, kIo (two).
Result<std::pair<Entry, NameMatch>> choose_entry(std::vector<Entry> entries, std::string_view name,
                                                 const Settings& settings);

/// All names of the entry, canonical, in the order of the name attributes.
std::vector<std::string> names_of(const Entry& entry, const Settings& settings);

/// The value of maildrop_attribute: the only one, or that of the DN among several. Errors: kIo
/// (there is none, or several and the DN does not decide).
Result<std::string> maildrop_value(const Entry& entry, const Settings& settings);
/// The account's name from that value. Errors: kIo.
Result<std::string> maildrop_name(const Entry& entry, const std::string& value,
                                  const Settings& settings);

/// A filter for the entries whose maildrop has this name. It leaves accounts.filter out.
std::string maildrop_filter(std::string_view name, const Settings& settings);
/// Whether no two entries of a directory can have the same value of it: the server makes it.
bool is_unique_by_nature(std::string_view attribute);
/// Whether its values are never addresses, and name maildrops of the default domain alone.
bool never_has_domain(std::string_view attribute);

/// "corp\alice@…" with the windows domain CORP: "alice@…"; other names as they are.
std::string without_windows_domain(std::string_view name, const Settings& settings);

}  // namespace restante::accounts::ldap
