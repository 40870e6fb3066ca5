// The faults that a start would find in the text files of accounts, for --check-config; and the
// log's lines about them.
#pragma once

#include <string>
#include <vector>

#include "accounts/chain/open.h"
#include "server/settings/config.h"

namespace restante::server {

struct AccountFileReport {
  std::vector<std::string> warnings;  ///< Lines whose account is not served: "FILE:LINE: what".
  std::vector<std::string> mistakes;  ///< With these the server would not start.
};

/// Reads the passwd-files and aliases files that the configuration names.
AccountFileReport check_account_files(const settings::Config& config);

/// Logs that a file was read, and its mistakes, the first hundred of them.
void log_account_file(const accounts::FileNews& file);

}  // namespace restante::server
