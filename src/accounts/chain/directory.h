// Several directories in order: the first that knows a name has the account. One that is down stops
// the search there: whether a later one may answer for a name depends on the earlier ones' not
// having it, and an outage must not turn into another account or a wrong password.
#pragma once

#include <memory>
#include <vector>

#include "accounts/directory.h"

namespace restante::accounts::chain {

/// At least one.
std::unique_ptr<Directory> make_directory(std::vector<std::unique_ptr<Directory>> directories);

}  // namespace restante::accounts::chain
