// An office that does not exist, for pictures of the page: a week has its days and nights, and
// nothing is left to chance.
#pragma once

#include "server/page/facts.h"

namespace restante::server::page {

/// `is_in_trouble`: with something wrong.
PageFacts demo_facts(Range range, WallTime now, bool is_in_trouble);

}  // namespace restante::server::page
