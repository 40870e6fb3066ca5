// How accounts and passwords are asked of PAM.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>

#include "accounts/names/names.h"
#include "base/error.h"
#include "config/keys_fwd.h"

namespace restante::accounts::pam {

struct Settings {
  std::string service = "restante";   ///< The file in /etc/pam.d.
  std::filesystem::path service_dir;  ///< Another folder than /etc/pam.d; may be empty.
  /// Who has an account: a file with a name a line (what follows a ':' does not count); empty: the
  /// system's users (getpwnam) from min_uid on, in the default domain.
  std::filesystem::path users;
  bool full_name = false;  ///< PAM is asked for "local@domain", not for the local part.
  std::uint32_t min_uid = 1000;
  /// Questions are asked by processes of their own (processes.h), which are forked when the
  /// directory is opened. False: one at a time, by the calling process.
  bool in_processes = false;
  std::size_t connections = 16;  ///< How many such processes.
  /// A module may wait for a person with a telephone in hand; longer, and its process is ended.
  std::chrono::seconds module_max{60};
  NameRules names;
  /// Told of a changed list that cannot be read; may be empty.
  std::function<void(const Error&)> report;
};

/// Of a table of accounts with backend = "pam".
const config::Keys<Settings>& keys();

}  // namespace restante::accounts::pam
