#include "net/proxy_header.h"

#include <array>
#include <span>

#include "base/ip.h"
#include "base/numbers.h"
#include "net/proxy_tlvs.h"

namespace restante::net {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kSignatureV1 = "PROXY ";
constexpr std::string_view kSignatureV2 = "\r\n\r\n\0\r\nQUIT\n"sv;
// The longest line of version 1 with its CRLF, as haproxy's proxy-protocol.txt counts it.
constexpr std::size_t kLineBytesMax = 107;
constexpr std::size_t kFixedBytes = 16;  // Of version 2: signature, command, family, length.
constexpr std::uint8_t kLocal = 0x20;
constexpr std::uint8_t kProxy = 0x21;

/// "[0..65535], no leading zeroes".
Result<std::uint16_t> parse_port(std::string_view text) {
  return parse_decimal<std::uint16_t>(text);
}

std::uint16_t two_octets(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint16_t>((octet_of(bytes, at) << 8U) | octet_of(bytes, at + 1));
}

Endpoint endpoint_of(const IpAddress& address, std::uint16_t port) {
  Endpoint out;
  out.host = address.to_string();
  out.port = port;
  return out;
}

/// The word before the next space; both are taken away.
std::string_view next_word(std::string_view& line) {
  const std::size_t space = line.find(' ');
  const std::string_view word = line.substr(0, space);
  line.remove_prefix(space == std::string_view::npos ? line.size() : space + 1);
  return word;
}

IpAddress address_at(std::string_view bytes, std::size_t at, bool v4) {
  if (v4) {
    std::array<std::uint8_t, 4> octets{};
    for (std::size_t i = 0; i < octets.size(); ++i) octets[i] = octet_of(bytes, at + i);
    return IpAddress::v4(octets);
  }
  IpAddress::Bytes octets{};
  for (std::size_t i = 0; i < octets.size(); ++i) octets[i] = octet_of(bytes, at + i);
  return IpAddress(octets);
}

}  // namespace

/// How many more octets surely belong to the header. The octets behind it are the client's.
Result<std::size_t> ProxyHeaderReader::wanted(std::string_view peeked) const {
  const std::size_t have = header_.size();
  // The two versions begin with different octets, so the first one tells which it is.
  if (have == 0 && peeked.front() != kSignatureV1.front() && peeked.front() != kSignatureV2.front())
    return wrong_header("there is none");
  const char first = have == 0 ? peeked.front() : header_.front();
  if (first == kSignatureV2.front()) {
    if (have < kFixedBytes) return kFixedBytes - have;
    return kFixedBytes + two_octets(header_, kFixedBytes - 2) - have;
  }
  // Where a line ends is not known before it is seen, and no octet behind it may be taken: a TLS
  // handshake can follow at once.
  const std::size_t end = peeked.find('\n');
  return end == std::string_view::npos ? kLineBytesMax : end + 1;
}

Result<std::size_t> ProxyHeaderReader::take(std::string_view peeked) {
  if (peeked.empty() || done_) return std::size_t{0};
  std::size_t taken = 0;
  while (!done_ && taken < peeked.size()) {
    const std::string_view rest = peeked.substr(taken);
    RESTANTE_TRY(const std::size_t most, wanted(rest));
    const std::size_t count = std::min(most, rest.size());
    header_.append(rest.substr(0, count));
    taken += count;
    RESTANTE_CHECKED(finish());
  }
  return taken;
}

/// Refuses a wrong header at its first wrong octet, without a wait for the rest; sets done_ when it
/// is whole.
Status ProxyHeaderReader::finish() {
  const bool v2 = header_.front() == kSignatureV2.front();
  const std::string_view signature = v2 ? kSignatureV2 : kSignatureV1;
  const std::size_t common = std::min(header_.size(), signature.size());
  if (header_.compare(0, common, signature.substr(0, common)) != 0)
    return wrong_header("there is none");
  if (v2) {
    if (header_.size() < kFixedBytes) return ok();
    const std::size_t whole = kFixedBytes + two_octets(header_, kFixedBytes - 2);
    // The length field allows 64 KiB, which a client that is not known yet must not take.
    if (whole > kBytesMax) return wrong_header("too long");
    return header_.size() < whole ? ok() : finish_v2();
  }
  if (header_.back() == '\n') return finish_v1();
  return header_.size() < kLineBytesMax ? ok() : wrong_header("the line is too long");
}

Status ProxyHeaderReader::finish_v1() {
  std::string_view line = header_;
  if (line.size() > kLineBytesMax || !line.ends_with("\r\n"))
    return wrong_header("the line has no CRLF");
  line.remove_suffix(2);
  line.remove_prefix(kSignatureV1.size());
  const std::string_view family = next_word(line);
  done_ = true;
  if (family == "UNKNOWN") return ok();  // The rest of the line must be ignored.
  const bool v4 = family == "TCP4";
  if (!v4 && family != "TCP6") return wrong_header("neither TCP4, TCP6 nor UNKNOWN");
  const std::string_view from = next_word(line);
  const std::string_view to = next_word(line);
  const std::string_view from_port = next_word(line);
  const std::string_view to_port = line;
  const auto is_of_family = [&](std::string_view text) {
    return IpAddress::parse(text) && (text.find(':') == std::string_view::npos) == v4;
  };
  const auto port = parse_port(from_port);
  if (!is_of_family(from) || !is_of_family(to)) return wrong_header("not an address of its family");
  // Our own port is read, too: a header that is wrong in one place is not believed in another.
  if (!port || !parse_port(to_port)) return wrong_header("not a port");
  client_ = endpoint_of(*IpAddress::parse(from), *port);
  return ok();
}

Status ProxyHeaderReader::finish_v2() {
  const std::uint8_t command = octet_of(header_, 12);
  const unsigned family = octet_of(header_, 13) >> 4U;
  const unsigned transport = octet_of(header_, 13) & 0x0fU;
  if (command != kLocal && command != kProxy) return wrong_header("unknown version or command");
  done_ = true;
  if (command == kLocal) return ok();  // A health check of the proxy: the rest must be ignored.
  if (family > 3 || transport > 2) return wrong_header("unknown family or transport");
  // UNSPEC: the proxy does not know its client, so the connection counts as the proxy's own.
  if (family == 0 || transport == 0) return ok();
  if (transport != 1) return wrong_header("not a stream");
  // An IPv4 address, an IPv6 address, the path of a Unix socket.
  constexpr std::array<std::size_t, 4> kAddressBytes = {0, 4, 16, 108};
  const std::size_t each = kAddressBytes[family];
  const std::size_t ports = family == 3 ? 0 : 4;
  const std::size_t tlvs = kFixedBytes + 2 * each + ports;
  if (header_.size() < tlvs) return wrong_header("too short for its addresses");
  RESTANTE_TRY(const ProxyTlvs told, read_proxy_tlvs(header_, tlvs));
  // A path names no client, so the connection counts as the proxy's own.
  if (family == 3) return ok();
  tls_ = told.tls;
  client_ = endpoint_of(address_at(header_, kFixedBytes, family == 1),
                        two_octets(header_, kFixedBytes + 2 * each));
  return ok();
}

}  // namespace restante::net
