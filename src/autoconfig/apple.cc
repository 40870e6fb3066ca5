#include "autoconfig/apple.h"

#include <fmt/format.h>

#include <algorithm>

#include "autoconfig/xml.h"
#include "base/ascii.h"
#include "base/bytes.h"
#include "base/checksum.h"

namespace restante::autoconfig {
namespace {

/// One of ours for this text, version 8 (RFC 9562): a device replaces a profile by a newer
/// one when its identifier is the same, so it must not change from start to start.
std::string uuid_of(const std::string& text) {
  const std::uint64_t high = checksum(as_bytes(text + " high"));
  const std::uint64_t low = checksum(as_bytes(text + " low"));
  return to_upper(fmt::format("{:08x}-{:04x}-8{:03x}-{:04x}-{:012x}", high >> 32U,
                              (high >> 16U) & 0xffffU, high & 0xfffU,
                              ((low >> 48U) & 0x3fffU) | 0x8000U, low & 0xffffffffffffU));
}

std::string text(std::string_view key, std::string_view value, std::string_view indent) {
  return fmt::format("{0}<key>{1}</key>\n{0}<string>{2}</string>\n", indent, key,
                     xml_escaped(value));
}

std::string server(std::string_view direction, const MailServer& server, std::string_view indent) {
  const std::string name = std::string(direction) + "MailServer";
  // UseSSL stands for either kind of TLS; the device finds out which one.
  return text(name + "Authentication", "EmailAuthPassword", indent) +
         text(name + "HostName", server.host, indent) +
         fmt::format("{0}<key>{1}PortNumber</key>\n{0}<integer>{2}</integer>\n", indent, name,
                     server.port) +
         fmt::format("{0}<key>{1}UseSSL</key>\n{0}<true/>\n", indent, name);
}

/// What every payload has.
std::string payload(const std::string& identifier, std::string_view type, const Offer& offer,
                    std::string_view indent) {
  return text("PayloadDisplayName", offer.name, indent) +
         text("PayloadIdentifier", identifier, indent) + text("PayloadType", type, indent) +
         text("PayloadUUID", uuid_of(identifier), indent) +
         fmt::format("{0}<key>PayloadVersion</key>\n{0}<integer>1</integer>\n", indent);
}

std::string reversed(const std::string& domain) {
  std::string out;
  std::string_view rest = domain;
  for (std::size_t dot = rest.rfind('.'); dot != std::string_view::npos; dot = rest.rfind('.')) {
    out += fmt::format("{}.", rest.substr(dot + 1));
    rest = rest.substr(0, dot);
  }
  return out + std::string(rest);
}

}  // namespace

std::string apple_profile(const Offer& offer) {
  if (offer.pop3.empty() || offer.submission.empty()) return {};
  const std::string identifier = reversed(offer.domain) + ".restante.autoconfig";
  constexpr std::string_view kInner = "      ";
  constexpr std::string_view kOuter = "  ";
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
         "<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" "
         "\"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n"
         "<plist version=\"1.0\">\n"
         "<dict>\n"
         "  <key>PayloadContent</key>\n"
         "  <array>\n"
         "    <dict>\n" +
         text("EmailAccountDescription", offer.name, kInner) +
         text("EmailAccountType", "EmailTypePOP", kInner) +
         server("Incoming", offer.pop3.front(), kInner) +
         server("Outgoing", offer.submission.front(), kInner) +
         fmt::format("{0}<key>OutgoingPasswordSameAsIncomingPassword</key>\n{0}<true/>\n", kInner) +
         payload(identifier + ".mail", "com.apple.mail.managed", offer, kInner) +
         "    </dict>\n"
         "  </array>\n" +
         payload(identifier, "Configuration", offer, kOuter) +
         "</dict>\n"
         "</plist>\n";
}

}  // namespace restante::autoconfig
