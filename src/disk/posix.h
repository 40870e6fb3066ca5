// The machine's own disk (Linux). The only place where errno becomes an Error.
#pragma once

#include "disk/disk.h"

namespace restante::disk {

/// Callable from any thread; lives as long as the process.
Disk& posix_disk();

}  // namespace restante::disk
