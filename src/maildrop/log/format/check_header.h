// A log's header, found without knowing whose log it is: for tools that are handed a file.
#pragma once

#include "disk/disk.h"
#include "maildrop/log/format/record_format.h"

namespace restante::maildrop::log {

struct FoundHeader {
  LogHeader header;
  bool first_damaged = false;
  bool second_damaged = false;
  [[nodiscard]] std::uint64_t records_start() const { return log::records_start(header.account); }
};

/// Errors: kIo; kState: the log's making was cut short, so it never held mail; kCorrupt: no copy of
/// the header is intact, or a newer version wrote it.
Result<FoundHeader> find_log_header(disk::File& file);

}  // namespace restante::maildrop::log
