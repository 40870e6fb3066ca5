#include "net/proxy_tlvs.h"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>

#include "base/ascii.h"

namespace restante::net {
namespace {

// haproxy's proxy-protocol.txt, s.2.2.
constexpr std::uint8_t kChecksum = 0x03;    // PP2_TYPE_CRC32C
constexpr std::uint8_t kTls = 0x20;         // PP2_TYPE_SSL
constexpr std::uint8_t kTlsVersion = 0x21;  // PP2_SUBTYPE_SSL_VERSION
constexpr std::uint8_t kTlsCipher = 0x23;   // PP2_SUBTYPE_SSL_CIPHER
constexpr std::uint8_t kOverTls = 0x01;     // PP2_CLIENT_SSL, of the flags before the sub-TLVs.
constexpr std::size_t kTlsFixedBytes = 5;   // Flags, and whether the certificate was verified.
constexpr std::size_t kHeadBytes = 3;       // Type and length.
constexpr std::size_t kWordBytesMax = 64;

struct Tlv {
  std::uint8_t type = 0;
  std::string_view value;
};

/// Takes the first one off the front.
Result<Tlv> next_tlv(std::string_view& bytes) {
  if (bytes.size() < kHeadBytes) return wrong_header("cut off within a TLV");
  const std::size_t length = (std::size_t{octet_of(bytes, 1)} << 8U) | octet_of(bytes, 2);
  if (bytes.size() - kHeadBytes < length) return wrong_header("a TLV is longer than the header");
  const Tlv out{octet_of(bytes, 0), bytes.substr(kHeadBytes, length)};
  bytes.remove_prefix(kHeadBytes + length);
  return out;
}

/// CRC-32C (Castagnoli), reflected; bit by bit: few proxies send one, so speed does not matter.
std::uint32_t crc32c(std::string_view bytes) {
  std::uint32_t crc = 0xffffffffU;
  for (const char c : bytes) {
    crc ^= static_cast<std::uint8_t>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? 0x82f63b78U : 0U);
  }
  return ~crc;
}

/// The checksum is over the header with zeroes in its own place.
bool checksum_is_right(std::string header, std::size_t at) {
  std::uint32_t said = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    said = (said << 8U) | octet_of(header, at + i);
    header[at + i] = '\0';
  }
  return crc32c(header) == said;
}

/// What may stand in a log line and in a trace header.
bool is_word(std::string_view text) {
  const auto fits = [](char c) {
    return is_alpha(c) || is_digit(c) || c == '.' || c == '-' || c == '_';
  };
  return !text.empty() && text.size() <= kWordBytesMax &&
         std::all_of(text.begin(), text.end(), fits);
}

Result<std::optional<std::string>> read_tls(std::string_view value) {
  if (value.size() < kTlsFixedBytes) return wrong_header("its TLS TLV is too short");
  const bool over_tls = (octet_of(value, 0) & kOverTls) != 0;
  value.remove_prefix(kTlsFixedBytes);
  // Its version is optional in the format; that there was TLS is what a login asks for.
  std::string version = "TLS";
  std::string cipher;
  while (!value.empty()) {
    RESTANTE_TRY(const Tlv part, next_tlv(value));
    if (part.type != kTlsVersion && part.type != kTlsCipher) continue;
    if (!is_word(part.value)) return wrong_header("no TLS has a version or cipher of that name");
    (part.type == kTlsVersion ? version : cipher) = part.value;
  }
  // Last, so that a header is refused for a wrong part whether or not it claims TLS.
  if (!over_tls) return std::optional<std::string>();
  return std::optional(cipher.empty() ? version : version + " " + cipher);
}

}  // namespace

Result<ProxyTlvs> read_proxy_tlvs(const std::string& header, std::size_t at) {
  ProxyTlvs out;
  std::string_view rest = std::string_view(header).substr(at);
  bool tls_seen = false;
  while (!rest.empty()) {
    RESTANTE_TRY(const Tlv tlv, next_tlv(rest));
    const std::size_t place = header.size() - rest.size() - tlv.value.size();
    if (tlv.type == kChecksum && (tlv.value.size() != 4 || !checksum_is_right(header, place)))
      return wrong_header("its checksum is wrong");
    // The others, such as the host asked for, decide nothing here.
    if (tlv.type != kTls) continue;
    // Which of the two is true cannot be told.
    if (std::exchange(tls_seen, true)) return wrong_header("it has two TLS TLVs");
    RESTANTE_TRY(auto tls, read_tls(tlv.value));
    out.tls = std::move(tls);
  }
  return out;
}

}  // namespace restante::net
