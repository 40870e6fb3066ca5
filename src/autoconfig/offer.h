// What a domain offers to programs that set themselves up: the servers, and no account. All
// documents of this module are made of it, and it is made of the settings alone. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "autoconfig/settings.h"

namespace restante::autoconfig {

enum class Security : std::uint8_t { kTls, kStarttls };

struct MailServer {
  std::string host;
  std::uint16_t port = 0;
  Security security = Security::kTls;

  bool operator==(const MailServer&) const = default;
};

struct Offer {
  std::string domain;
  std::string name;                    ///< What people read.
  std::vector<MailServer> pop3;        ///< TLS from the first octet before STLS (RFC 8314).
  std::vector<MailServer> submission;  ///< In the same order.
};

Offer offer_of(const Settings& settings, const std::string& domain);

}  // namespace restante::autoconfig
