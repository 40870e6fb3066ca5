// How much room deliveries leave on the disk: deletions and reclaiming need some, or a full disk
// would stay full.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "base/result.h"

namespace restante::server {

/// Octets that the server's user may still write on the disk of `folder`; nullopt: not to be found
/// out.
std::optional<std::uint64_t> free_octets(const std::filesystem::path& folder);

/// Whether `bytes` more leave `reserve` bytes on the disk of `folder`. A disk that cannot be asked
/// counts as having room: the write will tell. Errors: kFull.
Status check_room(const std::filesystem::path& folder, std::uint64_t reserve, std::uint64_t bytes);

}  // namespace restante::server
