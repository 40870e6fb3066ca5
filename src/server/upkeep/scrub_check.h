// The scrub's look at one maildrop: the store's check, told to the log.
#pragma once

#include "server/upkeep/scrub.h"

namespace restante::server {

/// The check that Scrub wants, for the maildrops of this store, which is not owned and outlives it.
Scrub::Check scrub_check(maildrop::Store& store);

}  // namespace restante::server
