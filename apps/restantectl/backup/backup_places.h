// The folders that backups were made in, as far as `restantectl backup` made them: a text file of
// data_dir, a path a line. After a purge it tells where copies of the mail may still be.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "maildrop/store.h"

namespace restante::ctl {

/// Notes a folder, once. Errors: kIo.
Status note_backup(const std::filesystem::path& data_dir, const std::filesystem::path& folder);

/// The noted folders, in the order of their first backup.
std::vector<std::string> noted_backups(const std::filesystem::path& data_dir);

/// Whether a backup in `folder` has this maildrop; true where that cannot be seen.
bool may_hold(const std::string& folder, const maildrop::StoredMaildrop& maildrop);

}  // namespace restante::ctl
