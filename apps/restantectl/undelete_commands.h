// restantectl maildrop undelete: deleted messages come back, with their unique ids, as long as
// their bytes are there.
#pragma once

#include <string>
#include <vector>

#include "restantectl/office.h"

namespace restante::ctl {

struct UndeleteOptions {
  std::string name;
  std::string since;              ///< "2d": deleted no longer ago than that; empty: ever.
  std::vector<std::string> uids;  ///< Empty: all.
  bool dry_run = false;
};

/// kNoUser when unique ids were given and none of them is there to come back.
Exit maildrop_undelete(Office& office, const UndeleteOptions& options);

}  // namespace restante::ctl
