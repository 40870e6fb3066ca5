// restantectl maildrop stats: what the maildrops hold, from the headers of their records.
#pragma once

#include "restantectl/check_selection.h"

namespace restante::ctl {

Exit maildrop_stats(Office& office, const Selection& selection);

}  // namespace restante::ctl
