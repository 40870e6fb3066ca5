// restantectl backup and backup verify.
#pragma once

#include <string>

#include "restantectl/office.h"

namespace restante::ctl {

struct BackupOptions {
  std::string folder;
  bool incremental = false;
  std::string rate;  ///< "50MiB" a second; empty: as fast as it goes.
};

/// Enters the office itself, after it has read the configuration at `config_path` and, for root,
/// has made the folder. kData when a log that was copied holds damage.
Exit backup_make(Office& office, const BackupOptions& options, const std::string& config_path);

/// Needs no office. kData when the backup, or what was copied into it, is damaged.
Exit backup_verify(Office& office, const BackupOptions& options);

/// Names of the files in a backup that are no logs.
inline constexpr const char* kBackupDatabase = "accounts/accounts.db";
inline constexpr const char* kBackupPasswdFile = "accounts/passwd-file";
inline constexpr const char* kBackupAliases = "accounts/aliases";
inline constexpr const char* kBackupConfig = "config/restante.toml";

}  // namespace restante::ctl
