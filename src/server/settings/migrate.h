// [migrate]: users of another server who come over at a login.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "config/keys_fwd.h"

namespace restante::settings {

struct Migrate {
  std::vector<std::string> on_login;  ///< Domains whose users come over.
  std::chrono::seconds wait{20};      ///< From the password on, for the mail to be here.
  std::size_t checks = 16;            ///< Passwords asked at the other servers at once.
  std::size_t moves = 4;              ///< Accounts moved at once.
};

const config::Keys<Migrate>& migrate_keys();

}  // namespace restante::settings
