#include "autoconfig/outlook.h"

#include <fmt/format.h>

#include <algorithm>

#include "autoconfig/xml.h"
#include "base/ascii.h"

namespace restante::autoconfig {
namespace {

constexpr std::string_view kOuter =
    "http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006";
constexpr std::string_view kInner =
    "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a";
constexpr std::size_t kAddressBytesMax = 254;  // RFC 5321 s.4.5.3.1.3, without the brackets.

std::string protocol(std::string_view type, const MailServer& server, const std::string& address) {
  const bool is_tls = server.security == Security::kTls;
  std::string out = fmt::format(
      "      <Protocol>\n"
      "        <Type>{}</Type>\n"
      "        <Server>{}</Server>\n"
      "        <Port>{}</Port>\n"
      "        <LoginName>{}</LoginName>\n"
      "        <DomainRequired>off</DomainRequired>\n"
      "        <SPA>off</SPA>\n"
      "        <Encryption>{}</Encryption>\n"
      "        <SSL>{}</SSL>\n"
      "        <AuthRequired>on</AuthRequired>\n",
      type, xml_escaped(server.host), server.port, xml_escaped(address), is_tls ? "SSL" : "TLS",
      is_tls ? "on" : "off");
  if (type == "SMTP") out += "        <UsePOPAuth>on</UsePOPAuth>\n";
  return out + "      </Protocol>\n";
}

bool is_address(std::string_view text) {
  const std::size_t at = text.rfind('@');
  const bool has_both = at != std::string_view::npos && at > 0 && at + 1 < text.size();
  return has_both && std::ranges::none_of(text, [](char c) { return is_control(c) || c == ' '; });
}

}  // namespace

Result<std::string> read_outlook_request(std::string_view body) {
  RESTANTE_TRY(const XmlElement root, parse_xml(body));
  const XmlElement* const request = root.name == "Autodiscover" ? root.child("Request") : nullptr;
  if (request == nullptr) return Error(Errc::kSyntax, "is no Autodiscover request");
  const std::string_view address = request->text_of("EMailAddress");
  if (address.size() > kAddressBytesMax) return Error(Errc::kLimit, "EMailAddress is too long");
  if (!is_address(address)) return Error(Errc::kSyntax, "EMailAddress is no address");
  const std::string_view schema = request->text_of("AcceptableResponseSchema");
  if (!schema.empty() && schema != kInner)
    return Error(Errc::kNotFound, "another schema is asked for");
  return std::string(address);
}

std::string outlook_answer(const Offer& offer, const std::string& address) {
  std::string out = fmt::format(
      "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
      "<Autodiscover xmlns=\"{}\">\n"
      "  <Response xmlns=\"{}\">\n"
      "    <Account>\n"
      "      <AccountType>email</AccountType>\n"
      "      <Action>settings</Action>\n",
      kOuter, kInner);
  // Outlook takes the first of a type.
  if (!offer.pop3.empty()) out += protocol("POP3", offer.pop3.front(), address);
  if (!offer.submission.empty()) out += protocol("SMTP", offer.submission.front(), address);
  return out + "    </Account>\n  </Response>\n</Autodiscover>\n";
}

std::string outlook_error(int code, std::string_view message) {
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
      "<Autodiscover xmlns=\"{}\">\n"
      "  <Response>\n"
      "    <Error Time=\"00:00:00\" Id=\"0\">\n"
      "      <ErrorCode>{}</ErrorCode>\n"
      "      <Message>{}</Message>\n"
      "      <DebugData/>\n"
      "    </Error>\n"
      "  </Response>\n"
      "</Autodiscover>\n",
      kOuter, code, xml_escaped(message));
}

}  // namespace restante::autoconfig
