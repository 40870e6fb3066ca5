// The changes of a command, for the journal: beside acts.log, which has its words, so that one
// search finds the acts of the server and of operators.
#pragma once

#include <vector>

#include "journal/act.h"
#include "restantectl/acts.h"

namespace restante::ctl {

/// Of "maildrop undelete" one for each message; otherwise one. An account that was purged is not
/// named.
std::vector<journal::Act> tool_acts(const Act& act, const Actor& actor, WallTime now);

}  // namespace restante::ctl
