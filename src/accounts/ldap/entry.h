// An entry as a search brought it: its DN and the values of the attributes that were asked for.
// Knows no connection.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace restante::accounts::ldap {

using Values = std::vector<std::string>;

struct Entry {
  std::string dn;
  std::vector<std::pair<std::string, Values>> attributes{};

  /// Of the attribute, in any case; none when the entry lacks it, or may not show it.
  [[nodiscard]] const Values& values_of(std::string_view attribute) const;
};

/// Adds the attribute unless it is there, in any case.
void add_attribute(std::vector<std::string>& attributes, std::string_view attribute);

}  // namespace restante::accounts::ldap
