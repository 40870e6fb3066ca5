#include "accounts/ldap/entry.h"

#include <algorithm>

#include "base/ascii.h"

namespace restante::accounts::ldap {

const Values& Entry::values_of(std::string_view attribute) const {
  static const Values kNone;
  for (const auto& [name, values] : attributes)
    // Names of attributes are the same in any case of letters.
    if (equals_ignore_case(name, attribute)) return values;
  return kNone;
}

void add_attribute(std::vector<std::string>& attributes, std::string_view attribute) {
  const auto same = [attribute](const std::string& known) {
    return equals_ignore_case(known, attribute);
  };
  if (attribute.empty() || std::any_of(attributes.begin(), attributes.end(), same)) return;
  attributes.emplace_back(attribute);
}

}  // namespace restante::accounts::ldap
