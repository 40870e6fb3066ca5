// The machine's own disk (Linux). An errno of theirs becomes an Error here; elsewhere src/files
// does that.
#pragma once

#include "disk/disk.h"

namespace restante::disk {

/// Callable from any thread; lives as long as the process.
Disk& posix_disk();

}  // namespace restante::disk
