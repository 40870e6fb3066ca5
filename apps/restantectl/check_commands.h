// restantectl maildrop check: every checksum of the maildrops, beside a running server.
#pragma once

#include <string>

#include "restantectl/check_selection.h"

namespace restante::ctl {

struct CheckOptions {
  Selection selection;
  std::string rate;  ///< "50MiB" a second; empty: as fast as it goes.
};

/// kData when there is damage; a maildrop that cannot be read does not keep it from the others.
Exit maildrop_check(Office& office, const CheckOptions& options);

}  // namespace restante::ctl
