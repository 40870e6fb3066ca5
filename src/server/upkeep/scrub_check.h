// The scrub's look at one maildrop: the store's check, told to the log.
#pragma once

#include <filesystem>

#include "server/upkeep/scrub.h"

namespace restante::server {

/// What Scrub wants, for the maildrops of this data directory.
Scrub::Check scrub_check(const std::filesystem::path& data_dir);

}  // namespace restante::server
