// What an operator puts into the DNS of a domain, so that programs find its settings: SRV records
// (RFC 6186 s.3.3, RFC 8314) and the names that Thunderbird and Outlook ask. Pure.
#pragma once

#include <string>
#include <vector>

#include "autoconfig/offer.h"

namespace restante::autoconfig {

struct DnsRecord {
  std::string name;   ///< With its final dot.
  std::string type;   ///< "SRV" or "CNAME".
  std::string value;  ///< As a zone file has it.
};

/// `web_host`: the name under which the http listener, or the proxy before it, is reached.
std::vector<DnsRecord> dns_records(const Offer& offer, const std::string& web_host);

/// Lines of a zone file, in columns.
std::vector<std::string> zone_lines(const std::vector<DnsRecord>& records);

}  // namespace restante::autoconfig
