// Whether the index beside a log would be believed at the next start, for tools.
#pragma once

#include <string>

#include "maildrop/log/check/check_paced_file.h"
#include "maildrop/log/format/record_format.h"

namespace restante::maildrop::log {

enum class IndexState : std::uint8_t {
  kAbsent,
  kUsable,
  kUseless,  ///< The log is read instead; `why` says what is wrong. No mail is concerned.
};

struct IndexReport {
  IndexState state = IndexState::kAbsent;
  std::uint64_t covered = 0;  ///< Bytes of the log that a start need not read, when usable.
  std::string why;
};

/// `log_bytes`: where the log ends. Errors: kIo, kClosed.
Result<IndexReport> check_index(disk::Disk& disk, const std::string& path, disk::File& log,
                                const LogHeader& header, std::uint64_t log_bytes);

}  // namespace restante::maildrop::log
