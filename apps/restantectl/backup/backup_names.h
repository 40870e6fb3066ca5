// Names of the files in a backup that are no logs.
#pragma once

namespace restante::ctl {

inline constexpr const char* kBackupDatabase = "accounts/accounts.db";
inline constexpr const char* kBackupPasswdFile = "accounts/passwd-file";
inline constexpr const char* kBackupAliases = "accounts/aliases";
inline constexpr const char* kBackupConfig = "config/restante.toml";

}  // namespace restante::ctl
