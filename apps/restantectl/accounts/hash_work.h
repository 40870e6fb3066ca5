// Passwords in the clear, of many accounts, turned into what is stored. Each costs a hash, of some
// 20 ms: said before, shown meanwhile, and shared by all processors.
#pragma once

#include <string>
#include <vector>

#include "accounts/passwords/password.h"
#include "base/secret_string.h"
#include "console/output.h"

namespace restante::ctl {

struct HashJob {
  std::size_t place = 0;  ///< The caller's.
  SecretString password;
  std::string stored{};                     ///< What the account has now; empty: nothing.
  bool is_same = false;                     ///< Done: the password is that of `stored`.
  Result<std::string> made{std::string()};  ///< Done, otherwise: the new secret.
};

void hash_all(const console::Output& out, const accounts::SecretSettings& settings,
              std::vector<HashJob>& jobs);

}  // namespace restante::ctl
