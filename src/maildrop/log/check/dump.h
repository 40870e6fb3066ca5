// The records of a log for people, one call each in the log's order. Opens nothing: the file may
// lie anywhere, and be anything.
#pragma once

#include <functional>
#include <string>

#include "maildrop/log/check/check_paced_file.h"
#include "maildrop/log/check/check_walk.h"
#include "maildrop/log/format/check_header.h"

namespace restante::maildrop::log {

/// One place of a log, in words.
struct DumpLine {
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;   ///< Of the whole place.
  std::string type;          ///< "message", "deletion" …; "" when no record can be read.
  std::string state;         ///< "ok", "damaged", "cut short", "zeros".
  std::uint64_t key = 0;     ///< Message: its sequence. Others: their view.
  std::uint64_t octets = 0;  ///< Message: as POP3 counts. Others: how many they speak of.
  std::uint64_t body_bytes = 0;
  WallTime time{};
  std::string uid;   ///< Message: its own, or derived.
  std::string says;  ///< Others, when intact: "deleted 1-5,7".
  bool in_tail = false;
};

/// "message", "deletion" and so on.
std::string type_name(RecordType type);

/// Calls sink for every place of the log, in order; its header. `end`: of the file, or of the part
/// to be shown. Errors: kIo, kClosed (`pace` said stop), kState (the log was never completed),
/// kCorrupt (no header can be read, or a newer version wrote it).
Result<FoundHeader> dump_log(disk::File& file, std::uint64_t end, const Pace& pace,
                             const std::function<void(const DumpLine&)>& sink);

}  // namespace restante::maildrop::log
