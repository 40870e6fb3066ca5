#include "base/ip.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "base/numbers.h"

namespace restante {
namespace {

constexpr IpAddress::Bytes kV4Prefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr std::size_t kV4Offset = 12;
constexpr unsigned kV4PrefixBits = 96;
constexpr unsigned kAddressBits = 128;

}  // namespace

IpAddress IpAddress::v4(std::span<const std::uint8_t, 4> octets) {
  Bytes bytes = kV4Prefix;
  std::copy(octets.begin(), octets.end(), bytes.begin() + kV4Offset);
  return IpAddress(bytes);
}

Result<IpAddress> IpAddress::parse(std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN> terminated{};
  if (text.size() >= terminated.size() || text.find('\0') != std::string_view::npos)
    return Error(Errc::kSyntax, "not an IP address");
  std::copy(text.begin(), text.end(), terminated.begin());
  std::array<std::uint8_t, 4> octets{};
  if (::inet_pton(AF_INET, terminated.data(), octets.data()) == 1) return v4(octets);
  Bytes bytes{};
  if (::inet_pton(AF_INET6, terminated.data(), bytes.data()) == 1) return IpAddress(bytes);
  return Error(Errc::kSyntax, "not an IP address");
}

bool IpAddress::is_v4() const {
  return std::equal(bytes_.begin(), bytes_.begin() + kV4Offset, kV4Prefix.begin());
}

IpAddress IpAddress::masked(unsigned bits) const {
  IpAddress out;
  const std::size_t whole = bits / 8;
  std::copy_n(bytes_.begin(), whole, out.bytes_.begin());
  if (bits % 8 != 0)
    out.bytes_[whole] = static_cast<std::uint8_t>(bytes_[whole] & (0xff00U >> (bits % 8)));
  return out;
}

std::string IpAddress::to_string() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const bool v4 = is_v4();
  const void* const start = v4 ? bytes_.data() + kV4Offset : bytes_.data();
  if (::inet_ntop(v4 ? AF_INET : AF_INET6, start, text.data(), text.size()) == nullptr) return "?";
  return text.data();
}

Result<IpNetwork> IpNetwork::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto address = IpAddress::parse(text.substr(0, slash));
  if (!address)
    return Error(Errc::kSyntax,
                 "must be an address or a network, as in \"192.0.2.0/24\" or \"2001:db8::/32\"");
  // "::ffff:192.0.2.0/120" counts all bits, "192.0.2.0/24" those of IPv4.
  const unsigned before = text.find(':') == std::string_view::npos ? kV4PrefixBits : 0;
  unsigned bits = kAddressBits;
  if (slash != std::string_view::npos) {
    const auto length = parse_decimal<std::uint8_t>(text.substr(slash + 1));
    if (!length || *length > kAddressBits - before)
      return Error(Errc::kSyntax,
                   fmt::format("the length behind / must be from 0 to {}", kAddressBits - before));
    bits = before + *length;
  }
  IpNetwork out(address->masked(bits), bits);
  if (out.first_ != *address)
    return Error(Errc::kSyntax, "has bits set behind the prefix; write " + out.to_string());
  return out;
}

IpNetwork IpNetwork::loopback_v4() {
  constexpr std::array<std::uint8_t, 4> kFirst = {127, 0, 0, 0};
  return {IpAddress::v4(kFirst), kV4PrefixBits + 8};
}

IpNetwork IpNetwork::loopback_v6() {
  IpAddress::Bytes bytes{};
  bytes.back() = 1;
  return {IpAddress(bytes), kAddressBits};
}

std::string IpNetwork::to_string() const {
  const bool v4 = first_.is_v4() && bits_ >= kV4PrefixBits;
  return fmt::format("{}/{}", first_.to_string(), v4 ? bits_ - kV4PrefixBits : bits_);
}

bool contains(std::span<const IpNetwork> networks, const IpAddress& address) {
  return std::any_of(networks.begin(), networks.end(),
                     [&](const IpNetwork& network) { return network.contains(address); });
}

}  // namespace restante
