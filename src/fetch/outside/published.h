// The settings that a domain publishes for programs, as Thunderbird reads them: asked by HTTPS
// alone, where the certificate proves that the domain, or a host below it, is speaking. So they are
// worth more than an answer of the DNS: a server that they name may be outside of the domain.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "autoconfig/thunderbird.h"
#include "base/result.h"
#include "dial/stop_signal.h"

namespace restante::fetch {

/// The content of a page. Errors: kNotFound (there is no such server or page), others.
using GetPage = std::function<Result<std::string>(const std::string& url)>;

/// GET, at most 64 KiB within 8 s. Certificates are checked against `ca_file`, or the machine's
/// list; no redirect is followed, since the domain vouches for its own page alone. Blocks.
/// Errors: kNotFound (no such host, no connection, a status that is not 200), kIo, kTimeout,
/// kLimit, kState (stop was raised).
Result<std::string> get_page(const std::string& url, const std::string& ca_file,
                             const net::StopSignal& stop);

struct Published {
  std::string url;  ///< Where it was found; empty: nowhere.
  std::vector<autoconfig::FoundServer> servers;
  std::vector<std::string> troubles;  ///< Of addresses that are there, and of no use.
};

/// autoconfig.DOMAIN first, which is told the address as Thunderbird does, then DOMAIN itself. The
/// first configuration with a POP3 server counts.
Published published_servers(const std::string& address, const GetPage& get_page);

}  // namespace restante::fetch
