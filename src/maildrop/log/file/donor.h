// Finds the octets of damaged messages in a copy of their log, as a backup has it.
#pragma once

#include <map>
#include <vector>

#include "disk/disk.h"
#include "maildrop/log/format/record_format.h"
#include "maildrop/store.h"

namespace restante::maildrop::log {

struct FoundBody {
  std::uint64_t offset = 0;  ///< In the copy.
  Checksum checksum = 0;
};
using FoundBodies = std::map<std::uint64_t, FoundBody>;  ///< By sequence.

/// Which of the wanted messages the copy has, whole and the very same: number, arrival, length,
/// checksum and unique id. Reads all of the copy if anything is wanted. Errors: kState (it is not a
/// copy of this maildrop), kCorrupt (no header can be read), kIo, kClosed.
Result<FoundBodies> find_bodies(disk::File& copy, const LogHeader& maildrop,
                                const std::vector<RecordHeader>& wanted, const Pace& pace);

}  // namespace restante::maildrop::log
