// The key of the hashes that stand for names. It lies in the journal's folder.
#pragma once

#include <string>

#include "files/file.h"

namespace restante::journal {

/// Makes one when there is none. Errors: as files::system_error(); kIo (no random octets).
Result<std::string> key_of(const files::Path& folder);

/// "hash:" and 32 hexadecimal digits.
std::string hash_of(std::string_view name, std::string_view key);

}  // namespace restante::journal
