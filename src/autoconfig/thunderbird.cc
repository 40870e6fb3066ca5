#include "autoconfig/thunderbird.h"

#include <fmt/format.h>

#include <algorithm>

#include "autoconfig/xml.h"
#include "base/ascii.h"
#include "base/limits.h"
#include "base/numbers.h"

namespace restante::autoconfig {
namespace {

constexpr std::string_view kTls = "SSL";
constexpr std::string_view kStarttls = "STARTTLS";
constexpr std::size_t kServersMax = 16;
constexpr std::size_t kUserBytesMax = 320;

std::string server_element(std::string_view element, std::string_view type,
                           const MailServer& server) {
  return fmt::format(
      "    <{0} type=\"{1}\">\n"
      "      <hostname>{2}</hostname>\n"
      "      <port>{3}</port>\n"
      "      <socketType>{4}</socketType>\n"
      "      <authentication>password-cleartext</authentication>\n"
      "      <username>%EMAILADDRESS%</username>\n"
      "    </{0}>\n",
      element, type, xml_escaped(server.host), server.port,
      server.security == Security::kTls ? kTls : kStarttls);
}

void replace(std::string& text, std::string_view variable, std::string_view value) {
  for (std::size_t at = text.find(variable); at != std::string::npos;
       at = text.find(variable, at + value.size()))
    text.replace(at, variable.size(), value);
}

/// An address whose parts take the place of variables.
struct Parts {
  std::string address;
  std::string local_part;
  std::string domain;

  [[nodiscard]] std::string filled(std::string_view text) const {
    // An address could have the name of a variable in it.
    if (text == "%EMAILADDRESS%") return address;
    if (text == "%EMAILLOCALPART%") return local_part;
    std::string out(text);
    replace(out, "%EMAILDOMAIN%", domain);
    replace(out, "%EMAILLOCALPART%", local_part);
    return out;
  }
};

bool is_host(std::string_view host) {
  const auto fits = [](char c) { return is_alpha(c) || is_digit(c) || c == '-' || c == '.'; };
  return !host.empty() && host.size() <= limits::kDomainBytesMax && host.front() != '-' &&
         host.front() != '.' && std::ranges::all_of(host, fits);
}

bool is_user(std::string_view user) {
  return user.size() <= kUserBytesMax && user.find('%') == std::string_view::npos &&
         std::ranges::none_of(user, is_control);
}

/// False: it is of no use to a client that insists on TLS.
bool take_server(const XmlElement& element, const Parts& parts, FoundServer& out) {
  if (element.name != "incomingServer" || element.attribute("type") != "pop3") return false;
  const std::string_view socket = element.text_of("socketType");
  if (socket != kTls && socket != kStarttls) return false;
  const auto port = parse_decimal<std::uint16_t>(element.text_of("port"));
  out.server.host = to_lower(parts.filled(element.text_of("hostname")));
  out.server.port = port ? *port : std::uint16_t{0};
  out.server.security = socket == kTls ? Security::kTls : Security::kStarttls;
  out.user = parts.filled(element.text_of("username"));
  if (!is_user(out.user)) out.user.clear();
  return out.server.port != 0 && is_host(out.server.host);
}

}  // namespace

std::string thunderbird_config(const Offer& offer) {
  std::string out = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<clientConfig version=\"1.1\">\n"
      "  <emailProvider id=\"{0}\">\n"
      "    <domain>{0}</domain>\n"
      "    <displayName>{1}</displayName>\n"
      "    <displayShortName>{1}</displayShortName>\n",
      xml_escaped(offer.domain), xml_escaped(offer.name));
  for (const MailServer& server : offer.pop3)
    out += server_element("incomingServer", "pop3", server);
  for (const MailServer& server : offer.submission)
    out += server_element("outgoingServer", "smtp", server);
  return out + "  </emailProvider>\n</clientConfig>\n";
}

Result<std::vector<FoundServer>> read_thunderbird_config(std::string_view document,
                                                         const std::string& address) {
  RESTANTE_TRY(const XmlElement root, parse_xml(document));
  const XmlElement* const provider =
      root.name == "clientConfig" ? root.child("emailProvider") : nullptr;
  if (provider == nullptr) return Error(Errc::kSyntax, "is no clientConfig");
  const std::size_t at = std::min(address.rfind('@'), address.size());
  const Parts parts{address, address.substr(0, at),
                    address.substr(std::min(at + 1, address.size()))};
  std::vector<FoundServer> out;
  for (const XmlElement& element : provider->children) {
    FoundServer found;
    if (take_server(element, parts, found) && out.size() < kServersMax &&
        std::ranges::find(out, found) == out.end())
      out.push_back(std::move(found));
  }
  return out;
}

}  // namespace restante::autoconfig
