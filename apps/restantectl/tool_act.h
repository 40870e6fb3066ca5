// What a command changed, for the journal: beside acts.log, which has its words, so that one search
// finds what the server and what an operator did.
#pragma once

#include <vector>

#include "journal/act.h"
#include "restantectl/acts.h"

namespace restante::ctl {

/// Of "maildrop undelete" one for each message; otherwise one. An account that was purged is not
/// named.
std::vector<journal::Act> tool_acts(const Act& act, const Actor& actor, WallTime now);

}  // namespace restante::ctl
