// Whether the back ends of the accounts and the issuer of tokens can work as they are configured:
// what a start finds before it opens a port, and what --check-config finds by asking them.
#pragma once

#include <string>
#include <vector>

#include "config/key_mistakes.h"
#include "server/settings/config.h"

namespace restante::server {

/// Mistakes with which a start makes no sense. Asks no server, and makes nothing.
std::vector<config::KeyMistake> back_end_mistakes(const settings::Config& config);

struct AskedBackEnds {
  std::vector<config::KeyMistake> mistakes;
  std::vector<std::string> answered;  ///< By name, the back ends without a fault.
};

/// Tries each of them, in order, with the caller's rights; one that hangs costs its timeout.
AskedBackEnds ask_back_ends(const settings::Config& config);

}  // namespace restante::server
