// The warnings of a start about names: two accounts whose names are spellings of one, and data that
// was made with another accounts.fold_local_part than is set now.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "accounts/directory.h"
#include "base/result.h"

namespace restante::server {

/// The file in data_dir that remembers the folding.
inline constexpr std::string_view kNameRulesFile = "name-rules";

/// How fold_local_part was when this data directory was first used; `now` is written down at the
/// first use. Errors: kIo, kCorrupt (the file says something else).
Result<bool> remembered_folding(const std::filesystem::path& data_dir, bool now);

/// One warning each, ready for the log. `fold_local_part` is the present setting.
std::vector<std::string> name_warnings(accounts::Directory& directory,
                                       const std::filesystem::path& data_dir, bool fold_local_part);

}  // namespace restante::server
