// [[route]]: other servers that accounts may live on.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "config/far_address.h"
#include "config/keys_fwd.h"

namespace restante::settings {

/// Where accounts may live that are not here: accounts whose route says so, and those of `domains`
/// that have none.
struct FarServer {
  config::FarAddress pop3;
  std::optional<config::FarAddress> lmtp;  ///< Takes their mail; absent: it waits at its sender.
  std::vector<std::string> domains;        ///< Whose accounts are there unless they have a route.
  std::filesystem::path ca_file;  ///< PEM, instead of the system's authorities; empty: those.
  std::vector<std::string> pins;  ///< SHA-256 of certificates; then nothing else is asked.
  bool proxy_protocol = false;    ///< It takes a PROXY header (version 2) before all else.
};

const config::Keys<FarServer>& route_keys();

}  // namespace restante::settings
