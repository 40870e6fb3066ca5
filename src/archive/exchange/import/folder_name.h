// Names of mail folders as their owner knows them. Pure.
#pragma once

#include <string>
#include <string_view>

namespace restante::archive {

/// A sub-folder of a Maildir++, without its first dot: ".Archive.2020" is "Archive/2020", letters
/// beyond ASCII are out of the modified UTF-7 of IMAP. Another name stays as it is.
std::string maildir_folder_name(std::string_view folder);

}  // namespace restante::archive
