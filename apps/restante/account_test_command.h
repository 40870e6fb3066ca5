// restante account test NAME: logs in, counts, and says how. Nothing is fetched.
#pragma once

#include "restante/command.h"

namespace restante::cli {

void add_account_test_command(CLI::App& account, Chosen& chosen);

/// One login and STAT. Errors: as Session::open() and credential_of().
struct LoginTest {
  std::string method;
  std::uint64_t messages = 0;
  std::uint64_t octets = 0;
};
Result<LoginTest> test_login(const profile::Account& account, const profile::Profile& profile,
                             bool verbose);

}  // namespace restante::cli
