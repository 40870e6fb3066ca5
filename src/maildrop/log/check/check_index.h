// Whether the index beside a log would be believed at the next start, for tools.
#pragma once

#include <string>

#include "maildrop/log/check/check_paced_file.h"
#include "maildrop/log/format/record_format.h"
#include "maildrop/report.h"

namespace restante::maildrop::log {

/// `log_bytes`: where the log ends. Errors: kIo, kClosed.
Result<IndexReport> check_index(disk::Disk& disk, const std::string& path, disk::File& log,
                                const LogHeader& header, std::uint64_t log_bytes);

}  // namespace restante::maildrop::log
