#include "config/far_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "base/limits.h"
#include "base/numbers.h"

namespace restante::config {
namespace {

constexpr std::string_view kTls = "pop3s://";
constexpr std::string_view kStls = "pop3://";
constexpr std::uint16_t kTlsPort = 995;
constexpr std::uint16_t kStlsPort = 110;
constexpr std::uint16_t kLmtpPort = 24;

bool is_v6(const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  return ::inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1;
}

bool is_host_name(std::string_view host) {
  const auto is_fit = [](char c) { return is_alpha(c) || is_digit(c) || c == '-' || c == '.'; };
  return !host.empty() && host.size() <= limits::kDomainBytesMax && host.front() != '-' &&
         host.front() != '.' && std::all_of(host.begin(), host.end(), is_fit);
}

Result<FarAddress> parse_place(std::string_view text, std::uint16_t usual_port) {
  FarAddress out;
  out.port = usual_port;
  const std::size_t bracket = text.starts_with('[') ? text.find(']') : std::string_view::npos;
  const bool bracketed = bracket != std::string_view::npos;
  const std::size_t colon = text.find(':', bracketed ? bracket : 0);
  if (colon != std::string_view::npos) {
    const auto port = parse_decimal<std::uint16_t>(text.substr(colon + 1));
    if (!port || *port == 0)
      return Error(Errc::kSyntax, "its port must be a number from 1 to 65535");
    out.port = *port;
  }
  std::string_view host = text.substr(0, colon);
  if (bracketed) host = host == text.substr(0, bracket + 1) ? host.substr(1, bracket - 1) : "";
  out.host = host;
  std::transform(out.host.begin(), out.host.end(), out.host.begin(),
                 [](char c) { return to_lower(c); });
  if (bracketed ? !is_v6(out.host) : !is_host_name(out.host))
    return Error(Errc::kSyntax,
                 "its host must be a name or an IP address, an IPv6 one in brackets");
  return out;
}

std::string place_text(const FarAddress& address) {
  const bool brackets = address.host.find(':') != std::string::npos;
  return (brackets ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

}  // namespace

Result<FarAddress> parse_far_pop3(std::string_view text) {
  const bool tls = text.starts_with(kTls);
  if (!tls && !text.starts_with(kStls))
    return Error(Errc::kSyntax, "must be \"pop3s://host:port\", or \"pop3://host:port\" for STLS");
  RESTANTE_TRY(FarAddress out, parse_place(text.substr(tls ? kTls.size() : kStls.size()),
                                           tls ? kTlsPort : kStlsPort));
  out.implicit_tls = tls;
  return out;
}

Result<FarAddress> parse_far_lmtp(std::string_view text) {
  if (text.find('/') != std::string_view::npos)
    return Error(Errc::kSyntax, "must be \"host:port\"");
  return parse_place(text, kLmtpPort);
}

std::string far_pop3_text(const FarAddress& address) {
  return std::string(address.implicit_tls ? kTls : kStls) + place_text(address);
}

std::string far_lmtp_text(const FarAddress& address) { return place_text(address); }

}  // namespace restante::config
