// The accounts that get other folders of an old mailbox: by a rule (folder_rule.h), found or made.
#pragma once

#include <mutex>
#include <string>

#include "restantectl/migrate/migrate_tasks.h"
#include "restantectl/office.h"

namespace restante::ctl {

/// Callable from several threads.
class FolderAccounts {
 public:
  /// Nothing is owned.
  FolderAccounts(Office& office, accounts::Directory& directory, const MigrateOptions& options)
      : office_(office), directory_(directory), options_(options) {}

  /// The account for a folder of `owner`'s; made, with --make, with the owner's password. In a dry
  /// run it may not be there. Errors: kNotFound (it is not there, or the owner's password cannot
  /// be), kSyntax, kLimit, kExists (the name leads to the owner), those of accounts.
  Result<std::string> of(const std::string& owner, const std::string& folder);

 private:
  Result<std::string> make(const std::string& owner, const std::string& name);

  Office& office_;
  accounts::Directory& directory_;
  const MigrateOptions& options_;
  std::mutex mutex_;
};

}  // namespace restante::ctl
