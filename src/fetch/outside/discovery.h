// Where the mail of a domain may be collected: what its DNS says (RFC 6186 s.3.3), and names that
// are usual. Nothing here connects to a server; what is found is a guess until it is probed.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "profile/profile.h"

namespace restante::fetch {

struct ServiceRecord {
  std::uint16_t priority = 0;
  std::uint16_t weight = 0;
  std::uint16_t port = 0;
  std::string target;  ///< Without a final dot; empty: the domain says that it has no such service.
};

/// The SRV records of a name; none when there are none or the DNS does not answer.
using LookUp = std::function<std::vector<ServiceRecord>(const std::string& name)>;
/// The SRV records of an answer of the DNS, as it came; what cannot be read is left out.
std::vector<ServiceRecord> parse_services(std::span<const unsigned char> answer);
/// By the system's resolver; blocks for some seconds at most.
std::vector<ServiceRecord> look_up_services(const std::string& name);

struct Candidate {
  std::string host;
  std::uint16_t port = 0;
  profile::Tls tls = profile::Tls::kImplicit;
  bool from_dns = false;  ///< By an answer of the DNS alone.
  std::string user{};     ///< The login name there; empty: it is not known.
  std::string source{};   ///< The page that names it; empty: the DNS, or a guess.
};

/// The domain's own records, TLS from the first octet before STLS (RFC 8314), then guesses;
/// each server once. Without TLS there are none. Empty: the domain says that it has no POP3.
std::vector<Candidate> candidates(const std::string& domain, const LookUp& look_up);

/// The host is the domain, or a name below it, in capitals or not. Any other host was named by a
/// DNS answer alone: it gets no secret before the user has agreed (RFC 6186 s.6).
bool is_within(std::string_view host, std::string_view domain);

}  // namespace restante::fetch
