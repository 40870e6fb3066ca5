// [[route]]: other servers that accounts may live on.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "config/far_address.h"
#include "config/keys_fwd.h"

namespace restante::settings {

/// Another server where accounts live: accounts whose route names it, and the accounts of `domains`
/// without a route.
struct FarServer {
  config::FarAddress pop3;
  std::optional<config::FarAddress> lmtp;  ///< Takes their mail; absent: it waits at its sender.
  std::vector<std::string> domains;        ///< Their accounts without a route are there.
  std::filesystem::path ca_file;           ///< PEM. Empty: the authorities of the system.
  std::vector<std::string> pins;           ///< SHA-256 of certificates; then nothing else is asked.
  bool proxy_protocol = false;             ///< It takes a PROXY header (version 2) before all else.
};

const config::Keys<FarServer>& route_keys();

}  // namespace restante::settings
