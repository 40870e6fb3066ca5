// What a back end finds wrong with its settings, under the name of the key that an operator would
// change.
#pragma once

#include <string>
#include <vector>

namespace restante::accounts {

struct KeyFault {
  KeyFault(std::string k, std::string w) : key(std::move(k)), what(std::move(w)) {}

  std::string key;  ///< "filter", without its table.
  std::string what;
};
using KeyFaults = std::vector<KeyFault>;

/// A name that no account has, to ask for.
inline constexpr const char* kNobodysName = "restante-nobody";

}  // namespace restante::accounts
