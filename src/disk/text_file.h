// A small file of text on a Disk, read whole. files::read_file() reads through the system: what
// lies beside maildrops is read by this, so that tests can let the disk fail.
#pragma once

#include <string>

#include "disk/disk.h"

namespace restante::disk {

/// Errors: kNotFound, kIo, kLimit (it is longer than `bytes_max`).
Result<std::string> read_text(Disk& disk, const std::string& path, std::uint64_t bytes_max);

}  // namespace restante::disk
