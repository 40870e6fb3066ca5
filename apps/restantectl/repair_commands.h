// restantectl maildrop repair, heal and upkeep: what changes a maildrop's file, at once instead of
// in the server's time.
#pragma once

#include <string>

#include "restantectl/office.h"

namespace restante::ctl {

struct RepairOptions {
  std::string name;
};

/// Sets damaged bytes aside, and says which.
Exit maildrop_repair(Office& office, const RepairOptions& options);

struct HealOptions {
  std::string name;
  std::string from;  ///< The folder of a backup.
};

/// Replaces damaged messages by the very same octets of a backup, and says which. 65: some are
/// left.
Exit maildrop_heal(Office& office, const HealOptions& options);

struct ClockOptions {
  bool confirm = false;
};

/// Says that the machine's clock is right, so that retention and reclaiming go on.
Exit upkeep_clock(Office& office, const ClockOptions& options);

/// Gives back the space of messages that are deleted for longer than the undelete window.
Exit maildrop_upkeep(Office& office, const RepairOptions& options);

}  // namespace restante::ctl
