// What an aside file holds: bytes that recovery or repair took from a log (docs/format.md,
// section 6). Only reads.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "maildrop/log/check/check_paced_file.h"

namespace restante::maildrop::log {

struct AsideEntry {
  std::uint64_t log_offset = 0;  ///< Where the bytes were.
  std::uint64_t bytes = 0;
  WallTime kept{};
  bool intact = true;  ///< The bytes match their checksum.
};

struct AsideContent {
  std::vector<AsideEntry> entries;
  std::uint64_t unread_bytes = 0;  ///< At the end: an entry whose keeping was cut short, or damage.
};

/// Nothing when there is no such file. Errors: kIo, kClosed (`pace` said stop).
Result<AsideContent> read_aside(disk::Disk& disk, const std::string& path, const Pace& pace);

}  // namespace restante::maildrop::log
