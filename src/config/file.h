// The text of a configuration file. Apart from files::read_file(), since an operator who names a
// folder or a file that is not his is to read just that, and no system call.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"

namespace restante::config {

/// A configuration is a page or two; a larger file was given by mistake.
inline constexpr std::size_t kFileBytesMax = 1U << 20;

/// The whole file, up to one octet more than it may have. Errors: kIo; the detail goes on after
/// "cannot be read: ".
Result<std::string> read_file(const std::filesystem::path& path);

}  // namespace restante::config
