// Whether the accounts of the archive are there, for --check-config: without one of them its share
// of the mail is put off.
#pragma once

#include <string>
#include <vector>

#include "server/settings/config.h"

namespace restante::server {

/// "key: sentence", one for each account that is missing. Makes nothing; other machines are asked
/// only with `asks_others`, and otherwise what they know counts as there.
std::vector<std::string> archive_warnings(const settings::Config& config, bool asks_others);

}  // namespace restante::server
