// Which accounts have a maildrop: the names of the logs, and where a name is too long for that, the
// log's header.
#pragma once

#include <string>
#include <vector>

#include "maildrop/log/file/environment.h"

namespace restante::maildrop::log {

/// In no order. Files that are no logs, or not in their place, are passed over. Errors: kIo.
Result<std::vector<std::string>> list_accounts(const Environment& environment);

/// Names in the folder; none where there is no such folder: nothing has been delivered yet. Errors:
/// kIo.
Result<std::vector<std::string>> names_or_none(disk::Disk& disk, const std::string& folder);

}  // namespace restante::maildrop::log
