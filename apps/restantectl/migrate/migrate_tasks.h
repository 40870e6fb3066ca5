// The accounts whose mail `restantectl migrate` moves, and their sources: from the command line,
// from the file that --map names, or for all accounts.
#pragma once

#include <string>
#include <vector>

#include "base/secret_string.h"
#include "migrate/sources/account_map.h"
#include "migrate/sources/open_source.h"
#include "restantectl/office.h"

namespace restante::ctl {

struct MigrateOptions {
  std::string source;
  std::string control;
  std::string account;
  std::string map;
  std::string password_file;
  std::string master;
  std::string ca_file;
  std::string doveadm = "doveadm";
  bool all = false;
  bool folders = false;
  bool make = false;
  std::string uidl_format;
  std::string ids;
  bool dry_run = false;
  bool verify = false;
  bool final_run = false;
  bool ignore_limits = false;
  std::uint32_t jobs = 8;
};

/// One account's move.
struct MigrateTask {
  std::string account;  ///< As its maildrop is named: by its first name.
  std::string source;   ///< As it was written, filled in: for people.
  migrate::SourceOfAccount from{};
  /// Of an account that --all has found: it may never have had mail at the old server.
  bool may_be_absent = false;
};

/// The tasks, and the accounts that cannot be moved: told to the operator when they were found, as
/// `verdict`.
struct MigrateTasks {
  std::vector<MigrateTask> tasks;
  Exit verdict = Exit::kOk;
};

/// Files that only the caller may read: read before root changes to another user.
struct MigrateFiles {
  migrate::AccountMap map{};  ///< Of --map, with passwords in the place of "file:PATH".
  SecretString password{};    ///< Of --password-file.
};

/// Errors: kIo, kLimit, kAuth (a file with a password is open to others).
Result<MigrateFiles> read_files(const MigrateOptions& options);

/// In an office that was entered.
MigrateTasks find_tasks(Office& office, const MigrateOptions& options, const MigrateFiles& files);

}  // namespace restante::ctl
