// The client's configuration from a file: every mistake at once, as FILE:LINE: key: what is wrong.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "profile/profile.h"

namespace restante::profile {

struct LoadResult {
  std::optional<Profile> profile;     ///< Empty when there is a mistake.
  std::vector<std::string> mistakes;  ///< "FILE:LINE: key: what is wrong", in order of lines.
};

/// `base` is the folder that relative paths start from; `others_can_read`: others than its owner
/// may read the file, so a password in it is a mistake.
LoadResult parse(std::string_view text, std::string_view file_name,
                 const std::filesystem::path& base, bool others_can_read);

/// A file that cannot be read is a mistake, too.
LoadResult load_file(const std::filesystem::path& path);

}  // namespace restante::profile
