// Where a password is put that a person has typed: the desktop's keyring, or a file of their own.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"
#include "base/secret_string.h"
#include "dial/stop_signal.h"
#include "profile/profile.h"

namespace restante::cli {

/// Under the attributes that fetch::credential_of() looks for. Errors: kAuth (no secret-tool, no
/// keyring), kTimeout, kState.
Status keep_in_keyring(const profile::Account& account, const SecretString& secret,
                       const net::StopSignal& stop);

/// A new file NAME.password (or NAME.password-2 …) in the folder, mode 0600, on the disk when it
/// returns; its path. Errors: kIo.
Result<std::filesystem::path> keep_in_file(const std::filesystem::path& folder,
                                           const std::string& name, const SecretString& secret);

}  // namespace restante::cli
