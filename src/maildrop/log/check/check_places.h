// Which logs a data directory holds, and where the files of one are: for tools that go over all.
#pragma once

#include <string>
#include <vector>

#include "disk/disk.h"
#include "maildrop/log/format/file_names.h"
#include "maildrop/store.h"

namespace restante::maildrop::log {

/// The paths below `root` of all logs ("maildrops/NN/ACCOUNT.log"), sorted; none when nothing was
/// ever delivered. Errors: kIo.
Result<std::vector<std::string>> list_logs(disk::Disk& disk, const std::string& root);

/// When a log below `root` was written to last; nothing if there is none, or none can be read.
std::optional<WallTime> last_written_log(disk::Disk& disk, const std::string& root);

/// The facts about the log whose path below `root` is `name`, without reading it.
StoredMaildrop stored_log(disk::Disk& disk, const std::string& root, std::string name);

/// The files beside the log at `path`, whose name ends in ".log".
LogPaths paths_beside(const std::string& path);

}  // namespace restante::maildrop::log
