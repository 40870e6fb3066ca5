// Passwords in the clear, of many accounts, turned into secrets to store. Each costs a hash, of
// some 20 ms: told before, shown meanwhile, and shared by all processors.
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
  std::string stored{};                     ///< The account's present secret; empty: none.
  bool is_same = false;                     ///< Done: the password is that of `stored`.
  Result<std::string> made{std::string()};  ///< Done, otherwise: the new secret.
};

void hash_all(const console::Output& out, const accounts::SecretSettings& settings,
              std::vector<HashJob>& jobs);

}  // namespace restante::ctl
