#include "config/address.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <sys/un.h>

#include <algorithm>

#include "base/ascii.h"
#include "base/numbers.h"

namespace restante::config {
namespace {

constexpr std::string_view kUnixPrefix = "unix:";
constexpr std::string_view kPassedPrefix = "systemd:";
constexpr std::size_t kPassedNameBytesMax = 255;  // systemd.socket(5), FileDescriptorName=.
// One octet of sun_path is for the zero that ends it.
constexpr std::size_t kUnixPathBytesMax = sizeof(sockaddr_un::sun_path) - 1;

Result<Address> parse_unix(std::string_view path) {
  if (!path.starts_with('/'))
    return Error(Errc::kSyntax, "a unix socket needs an absolute path: \"unix:/path\"");
  if (path.size() > kUnixPathBytesMax)
    return Error(Errc::kSyntax,
                 fmt::format("the path of a unix socket is at most {} octets", kUnixPathBytesMax));
  Address address;
  address.unix_path = path;
  return address;
}

Result<Address> parse_passed(std::string_view name) {
  const auto printable = [](char c) { return is_ascii(c) && !is_control(c) && c != ':'; };
  if (name.empty() || name.size() > kPassedNameBytesMax ||
      !std::all_of(name.begin(), name.end(), printable))
    return Error(Errc::kSyntax,
                 "a socket from systemd needs the name that its unit gives it "
                 "(FileDescriptorName=): \"systemd:NAME\"");
  Address address;
  address.passed_as = name;
  return address;
}

/// Turns the text form into the canonical one; empty when it is no address of that family.
std::string canonical_ip(int family, const std::string& host) {
  in6_addr binary{};  // Large enough for both families.
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (inet_pton(family, host.c_str(), &binary) != 1) return {};
  if (inet_ntop(family, &binary, text.data(), text.size()) == nullptr) return {};
  return text.data();
}

Error not_a_host(std::string_view host) {
  if (equals_ignore_case(host, "localhost"))
    return Error(Errc::kSyntax, "host must be an IP address: write 127.0.0.1 or [::1]");
  if (host.empty() || host == "*")
    return Error(Errc::kSyntax, "host must be an IP address: write 0.0.0.0 or [::] for all");
  if (host.find(':') != std::string_view::npos)
    return Error(Errc::kSyntax, "an IPv6 address stands in brackets: \"[::1]:1110\"");
  return Error(Errc::kSyntax,
               "host must be an IP address, as in \"127.0.0.1:1110\" or "
               "\"[::1]:1110\"");
}

}  // namespace

std::string Address::to_string() const {
  if (!unix_path.empty()) return std::string(kUnixPrefix) + unix_path;
  if (!passed_as.empty()) return std::string(kPassedPrefix) + passed_as;
  const bool v6 = host.find(':') != std::string::npos;
  return v6 ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

Result<Address> parse_address(std::string_view text) {
  if (text.starts_with(kUnixPrefix)) return parse_unix(text.substr(kUnixPrefix.size()));
  if (text.starts_with(kPassedPrefix)) return parse_passed(text.substr(kPassedPrefix.size()));
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos)
    return Error(Errc::kSyntax,
                 "must be an address: \"host:port\", \"[v6]:port\", \"unix:/path\" or "
                 "\"systemd:NAME\"");
  const auto port = parse_decimal<std::uint16_t>(text.substr(colon + 1));
  if (!port) return Error(Errc::kSyntax, "port must be a number from 0 to 65535");

  std::string_view host = text.substr(0, colon);
  const bool v6 = host.size() >= 2 && host.front() == '[' && host.back() == ']';
  if (v6) host = host.substr(1, host.size() - 2);
  Address address;
  address.host = canonical_ip(v6 ? AF_INET6 : AF_INET, std::string(host));
  address.port = *port;
  if (address.host.empty()) return not_a_host(host);
  return address;
}

}  // namespace restante::config
