// restantectl alias …
#pragma once

#include <string>
#include <vector>

#include "restantectl/office.h"

namespace restante::ctl {

struct AliasOptions {
  std::string address;  ///< Or "@domain".
  std::vector<std::string> targets;
};

Exit alias_add(Office& office, const AliasOptions& options);
Exit alias_list(Office& office);
Exit alias_remove(Office& office, const AliasOptions& options);

}  // namespace restante::ctl
