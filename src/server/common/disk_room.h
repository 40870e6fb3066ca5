// How much room deliveries leave on the disk: deletions and reclaiming need some, or a full disk
// would stay full.
#pragma once

#include <cstdint>
#include <filesystem>

#include "base/result.h"

namespace restante::server {

/// Whether `bytes` more leave `reserve` bytes on the disk of `folder`. What cannot be found out
/// counts as room: the write will tell. Errors: kFull.
Status check_room(const std::filesystem::path& folder, std::uint64_t reserve, std::uint64_t bytes);

}  // namespace restante::server
