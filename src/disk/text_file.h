// A small file of text, read whole.
#pragma once

#include <string>

#include "disk/disk.h"

namespace restante::disk {

/// Errors: kNotFound, kIo, kLimit (it is longer than `bytes_max`).
Result<std::string> read_text(Disk& disk, const std::string& path, std::uint64_t bytes_max);

}  // namespace restante::disk
