// [autoconfig]: what programs that set themselves up are told of each domain.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "config/far_address.h"
#include "config/keys_fwd.h"

namespace restante::autoconfig {

struct Settings {
  std::vector<std::string> domains;  ///< In lower case; empty: there are no pages.
  std::string name;                  ///< What programs call the service; empty: the domain's.
  std::string hostname;              ///< Of the POP3 server; the rules fill it with the server's.
  /// Where POP3 begins with TLS, and where TLS is begun by STLS. 0: not offered. The rules fill
  /// them with the listeners' ports.
  std::optional<std::uint16_t> pop3s_port;
  std::optional<std::uint16_t> pop3_port;
  std::optional<config::FarAddress> submissions;  ///< Takes mail to send, with TLS at once.
  std::optional<config::FarAddress> submission;   ///< The same, with STARTTLS.
  std::filesystem::path profile_certificate;      ///< PEM, with its chain; signs Apple's profiles.
  std::filesystem::path profile_key;              ///< PEM.

  bool operator==(const Settings&) const = default;
};

const config::Keys<Settings>& keys();

}  // namespace restante::autoconfig
