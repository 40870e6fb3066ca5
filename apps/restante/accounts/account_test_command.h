// restante account test NAME: logs in, counts, and says how. Nothing is fetched.
#pragma once

#include "base/secret_string.h"
#include "restante/frame/command.h"

namespace restante::cli {

void add_account_test_command(CLI::App& account, Chosen& chosen);

/// One login and STAT. Where the server does not take the account's name, `second_user` is tried,
/// if there is one, with the same secret. Errors: as Session::open() and credential_of(); of two
/// logins, the first one's.
struct LoginTest {
  std::string user;  ///< The name that was taken.
  std::string method;
  std::uint64_t messages = 0;
  std::uint64_t octets = 0;
};
Result<LoginTest> test_login(const profile::Account& account, const profile::Profile& profile,
                             bool verbose, const std::string& second_user = {});
/// The same with a password that is known.
Result<LoginTest> try_password(const profile::Account& account, const SecretString& password,
                               const std::string& second_user);

}  // namespace restante::cli
