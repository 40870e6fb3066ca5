// Keeps bytes that are about to be cut from a log, so that recovery never throws anything away.
#pragma once

#include "disk/disk.h"
#include "maildrop/log/file/environment.h"
#include "maildrop/log/format/file_names.h"
#include "maildrop/log/format/log_scanner.h"

namespace restante::maildrop::log {

/// Appends the region of the log to the aside file, durably. Done twice (a crash between this and
/// the cut) it keeps one copy. A region of zeros holds nothing and is not kept. The caller holds
/// the log's append lock. Errors: kIo, kFull: then nothing may be cut.
Status set_aside(const Environment& environment, const LogPaths& paths, disk::File& log,
                 DamagedRegion region);

}  // namespace restante::maildrop::log
