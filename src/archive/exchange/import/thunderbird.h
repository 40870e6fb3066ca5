// The folders of Thunderbird: mbox files beside their indexes (Inbox, Inbox.msf), sub-folders in
// folders with ".sbd" behind their names.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "archive/mailbox/files.h"

namespace restante::archive {

/// By the names of what is in a folder: one has an index, or sub-folders.
bool is_thunderbirds(const std::vector<std::string>& names);

/// Indexes, rules, state, and empty mail folders: none is mail, so none is missed.
bool is_no_folder_of_mail(const Path& path);

/// "Archives" of "Archives.sbd".
std::string folder_shown(std::string_view name);

}  // namespace restante::archive
