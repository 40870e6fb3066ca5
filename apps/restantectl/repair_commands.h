// restantectl maildrop repair and upkeep: what changes a maildrop's file, at once instead of in the
// server's time.
#pragma once

#include <string>

#include "restantectl/office.h"

namespace restante::ctl {

struct RepairOptions {
  std::string name;
};

/// Sets damaged bytes aside, and says which.
Exit maildrop_repair(Office& office, const RepairOptions& options);

/// Gives back the space of messages that are deleted for longer than the undelete window.
Exit maildrop_upkeep(Office& office, const RepairOptions& options);

}  // namespace restante::ctl
