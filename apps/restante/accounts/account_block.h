// A new account as lines of the configuration, and putting them there: at the end of the file,
// whose other lines stay as they are.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"
#include "profile/profile.h"

namespace restante::cli {

/// As it was asked for.
struct NewAccount {
  std::string name;
  std::string user;
  std::string password_command;
  std::string password_file;
  std::string oauth;
  bool keyring = false;
  std::string ca_file;
  std::string pin;

  [[nodiscard]] bool has_secret() const {
    return keyring || !password_command.empty() || !password_file.empty() || !oauth.empty();
  }
  /// A login can be tried now: there is a secret, or a person to type it.
  [[nodiscard]] bool can_test(bool somebody_there) const {
    return oauth.empty() && (has_secret() || somebody_there);
  }
  [[nodiscard]] profile::Account as_account() const;
};

/// "[[account]]" and its keys; host, port and TLS are those of `server`.
std::string account_block(const NewAccount& account, const profile::Account& server);

/// Appends the block to the file, on the disk when it returns; a file that is not there is made,
/// with an archive in it. Errors: kSyntax (the file would have mistakes then: nothing is written;
/// the detail is the first), kIo.
Status append_account(const std::filesystem::path& file, const std::string& block);

}  // namespace restante::cli
