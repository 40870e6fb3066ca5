// Moving in: restante import --state, and account add --from-now-on.
#pragma once

#include <string>
#include <vector>

#include "restante/frame/context.h"

namespace restante::cli {

struct TakeOverOptions {
  std::vector<std::string> files;  ///< What other programs wrote down.
  std::string account;
  std::string login;    ///< "user@host" as a file has it; empty: the account's.
  bool forget = false;  ///< Take it back instead.
};

Exit take_over(const Context& context, const TakeOverOptions& options);

/// Mail that is on the account's server at this moment is not fetched: now, when it lets us in;
/// else at the first fetch, which is told. `account` is in the configuration, of which `context`
/// may know nothing yet.
Exit leave_what_is_there(const Context& context, const std::string& account);

}  // namespace restante::cli
