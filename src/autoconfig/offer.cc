#include "autoconfig/offer.h"

namespace restante::autoconfig {

Offer offer_of(const Settings& settings, const std::string& domain) {
  Offer out{domain, settings.name.empty() ? domain : settings.name, {}, {}};
  const auto add = [&](std::uint16_t port, Security security) {
    if (port != 0) out.pop3.push_back({settings.hostname, port, security});
  };
  add(settings.pop3s_port.value_or(0), Security::kTls);
  add(settings.pop3_port.value_or(0), Security::kStarttls);
  if (settings.submissions)
    out.submission.push_back(
        {settings.submissions->host, settings.submissions->port, Security::kTls});
  if (settings.submission)
    out.submission.push_back(
        {settings.submission->host, settings.submission->port, Security::kStarttls});
  return out;
}

}  // namespace restante::autoconfig
