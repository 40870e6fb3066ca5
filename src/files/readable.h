// Why a file cannot be read, in words that an operator can act on: which part of the path says no,
// and to whom. Asks the file system; opens nothing.
#pragma once

#include <filesystem>
#include <string>

namespace restante::files {

/// Empty: this process may read the file. Otherwise the system's reason; where rights are missing,
/// also whose they would have to be: of the file, of a folder above it, or of one above what a
/// symbolic link leads to (certbot's live/ leads into archive/).
std::string why_unreadable(const std::filesystem::path& path);

}  // namespace restante::files
