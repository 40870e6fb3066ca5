// What an aside file holds: bytes that recovery or repair took from a log (docs/format.md,
// section 6). Only reads.
#pragma once

#include <string>

#include "maildrop/log/check/check_paced_file.h"
#include "maildrop/report.h"

namespace restante::maildrop::log {

/// Nothing when there is no such file. Errors: kIo, kClosed (`pace` said stop).
Result<AsideContent> read_aside(disk::Disk& disk, const std::string& path, const Pace& pace);

}  // namespace restante::maildrop::log
