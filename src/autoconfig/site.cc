#include "autoconfig/site.h"

#include <array>

#include "autoconfig/apple.h"
#include "autoconfig/outlook.h"
#include "autoconfig/thunderbird.h"
#include "base/ascii.h"

namespace restante::autoconfig {
namespace {

constexpr std::string_view kXml = "text/xml; charset=utf-8";
constexpr std::string_view kProfile = "application/x-apple-aspen-config";
constexpr std::string_view kOutlookPath = "/autodiscover/autodiscover.xml";
constexpr std::string_view kApplePath = "/email.mobileconfig";
constexpr std::array<std::string_view, 2> kThunderbirdPaths = {
    "/mail/config-v1.1.xml", "/.well-known/autoconfig/mail/config-v1.1.xml"};
constexpr std::array<std::string_view, 2> kLabels = {"autoconfig.", "autodiscover."};

Answer no_such_page() {
  return {404, "text/plain; charset=utf-8", "there is nothing of the kind here\n"};
}

Answer other_method(std::string_view known) {
  return {405, "text/plain; charset=utf-8",
          std::string("only ") + std::string(known) + " is known here\n", known};
}

/// In lower case, without a port and a final dot.
std::string host_name(std::string_view host) {
  host = host.substr(0, host.find(':'));
  if (host.ends_with('.')) host.remove_suffix(1);
  return to_lower(host);
}

std::string domain_of(std::string_view address) {
  const std::size_t at = address.rfind('@');
  return at == std::string_view::npos ? std::string() : to_lower(address.substr(at + 1));
}

/// The value of a parameter, in which only "%40" is decoded: no other octet matters to a domain.
std::string parameter(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
    if (!pair.starts_with(name) || pair.substr(name.size(), 1) != "=") continue;
    std::string value(pair.substr(name.size() + 1));
    for (std::size_t at = value.find("%40"); at != std::string::npos; at = value.find("%40", at))
      value.replace(at, 3, "@");
    return value;
  }
  return {};
}

}  // namespace

Result<Site> Site::make(const Settings& settings, const Sign& sign) {
  Site site(settings.hostname);
  for (const std::string& name : settings.domains) {
    Domain domain{offer_of(settings, name), {}, {}};
    domain.thunderbird = thunderbird_config(domain.offer);
    domain.apple = apple_profile(domain.offer);
    if (sign && !domain.apple.empty()) {
      RESTANTE_TRY(std::string signed_one, sign(domain.apple));
      domain.apple = std::move(signed_one);
    }
    site.domains_.emplace(name, std::move(domain));
  }
  return site;
}

const Site::Domain* Site::find_domain(const std::string& name) const {
  const auto found = domains_.find(name);
  return found == domains_.end() ? nullptr : &found->second;
}

const Site::Domain* Site::find(std::string_view host, std::string_view address) const {
  const std::string name = host_name(host);
  const Domain* by_host = find_domain(name);
  for (const std::string_view label : kLabels)
    if (by_host == nullptr && name.starts_with(label))
      by_host = find_domain(name.substr(label.size()));
  const std::string asked = domain_of(address);
  if (asked.empty()) return by_host;
  const Domain* const by_address = find_domain(asked);
  return by_address == by_host || name == hostname_ ? by_address : nullptr;
}

Answer Site::answer_outlook(const Request& request) const {
  const auto address = read_outlook_request(request.body);
  if (!address && address.error().code == Errc::kNotFound)
    return {200, kXml, outlook_error(601, "Only settings for Outlook are here")};
  if (!address) return {200, kXml, outlook_error(600, "Invalid Request")};
  const Domain* const domain = find(request.host, *address);
  if (domain == nullptr) return {200, kXml, outlook_error(500, "No settings for this domain")};
  return {200, kXml, outlook_answer(domain->offer, *address)};
}

Answer Site::answer(const Request& request) const {
  const std::size_t mark = std::min(request.target.find('?'), request.target.size());
  const std::string_view path = request.target.substr(0, mark);
  const std::string_view query = request.target.substr(std::min(mark + 1, request.target.size()));
  const bool is_own_name = host_name(request.host) == hostname_;
  if (!is_own_name && find(request.host, {}) == nullptr) return no_such_page();
  if (equals_ignore_case(path, kOutlookPath))
    return request.method == "POST" ? answer_outlook(request) : other_method("POST");
  const bool is_thunderbirds = path == kThunderbirdPaths[0] || path == kThunderbirdPaths[1];
  if (!is_thunderbirds && path != kApplePath) return no_such_page();
  if (request.method != "GET") return other_method("GET");
  const Domain* const domain =
      find(request.host, parameter(query, is_thunderbirds ? "emailaddress" : "email"));
  if (domain == nullptr) return no_such_page();
  if (is_thunderbirds) return {200, kXml, domain->thunderbird};
  if (domain->apple.empty()) return no_such_page();
  return {200, kProfile, domain->apple, {}, "email.mobileconfig"};
}

}  // namespace restante::autoconfig
