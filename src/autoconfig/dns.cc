#include "autoconfig/dns.h"

#include <fmt/format.h>

#include <algorithm>

namespace restante::autoconfig {
namespace {

struct Service {
  std::string_view label;
  const std::vector<MailServer>& servers;
  Security security;
};

}  // namespace

std::vector<DnsRecord> dns_records(const Offer& offer, const std::string& web_host) {
  std::vector<DnsRecord> out;
  const Service services[] = {{"_pop3s", offer.pop3, Security::kTls},
                              {"_pop3", offer.pop3, Security::kStarttls},
                              {"_submissions", offer.submission, Security::kTls},
                              {"_submission", offer.submission, Security::kStarttls}};
  for (const Service& service : services) {
    const auto found = std::ranges::find(service.servers, service.security, &MailServer::security);
    // A service that is known not to be there costs a client no guess (RFC 2782).
    const bool is_there = found != service.servers.end();
    if (!is_there && &service.servers == &offer.submission && offer.submission.empty()) continue;
    const std::string value =
        is_there ? fmt::format("0 1 {} {}.", found->port, found->host) : std::string("0 0 0 .");
    out.push_back({fmt::format("{}._tcp.{}.", service.label, offer.domain), "SRV", value});
  }
  out.push_back({fmt::format("_autodiscover._tcp.{}.", offer.domain), "SRV",
                 fmt::format("0 1 443 {}.", web_host)});
  for (const std::string_view label : {"autoconfig", "autodiscover"}) {
    const std::string name = fmt::format("{}.{}", label, offer.domain);
    if (name != web_host) out.push_back({name + ".", "CNAME", web_host + "."});
  }
  return out;
}

std::vector<std::string> zone_lines(const std::vector<DnsRecord>& records) {
  std::size_t width = 0;
  for (const DnsRecord& record : records) width = std::max(width, record.name.size());
  std::vector<std::string> out;
  for (const DnsRecord& record : records)
    out.push_back(fmt::format("{:<{}} IN {:<5} {}", record.name, width, record.type, record.value));
  return out;
}

}  // namespace restante::autoconfig
