#include "net/proxy_tlvs.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace restante::net {
namespace {

using namespace std::string_literals;

std::string tlv(unsigned char type, const std::string& value) {
  std::string out(1, static_cast<char>(type));
  out += static_cast<char>(value.size() >> 8U);
  out += static_cast<char>(value.size() & 0xffU);
  return out + value;
}

/// What the proxy says of TLS behind a header of which nothing matters; "-": nothing.
std::string tls_of(const std::string& tlvs) {
  const auto read = read_proxy_tlvs("header" + tlvs, 6);
  if (!read) return read.error().detail;
  return read->tls.value_or("-");
}

const std::string kOverTls = "\x01\x00\x00\x00\x00"s;
const std::string kInClear = "\x00\x00\x00\x00\x01"s;
const std::string kVersion = tlv(0x21, "TLSv1.3");
const std::string kCipher = tlv(0x23, "TLS_AES_256_GCM_SHA384");

TEST(ProxyTlvs, SayTheClientsTls) {
  const std::vector<std::pair<std::string, std::string>> table = {
      {"", "-"},
      {tlv(0x04, "padding"), "-"},
      {tlv(0x20, kOverTls + kVersion + kCipher), "TLSv1.3 TLS_AES_256_GCM_SHA384"},
      {tlv(0x20, kOverTls + kCipher + kVersion), "TLSv1.3 TLS_AES_256_GCM_SHA384"},
      {tlv(0x04, "") + tlv(0x20, kOverTls + kVersion) + tlv(0xee, "own"), "TLSv1.3"},
      {tlv(0x20, kOverTls), "TLS"},
      // A client with a certificate: its name is not read.
      {tlv(0x20, "\x07\x00\x00\x00\x00"s + kVersion + tlv(0x22, "alice\r\n")), "TLSv1.3"},
      // haproxy's words for a client without TLS.
      {tlv(0x20, kInClear), "-"},
      {tlv(0x20, kInClear + kVersion), "-"},
  };
  for (const auto& [tlvs, expected] : table) EXPECT_EQ(tls_of(tlvs), expected);
}

TEST(ProxyTlvs, AreRefusedWhenTheyAreNotWhole) {
  const std::string whole = tlv(0x20, kOverTls + kVersion + kCipher);
  for (std::size_t size = 1; size < whole.size(); ++size)
    EXPECT_NE(tls_of(whole.substr(0, size)).find("PROXY header: "), std::string::npos) << size;
  EXPECT_EQ(tls_of(tlv(0x20, "\x01")), "PROXY header: its TLS TLV is too short");
  EXPECT_EQ(tls_of(tlv(0x20, kOverTls + "\x21\x00\x08TLSv1.3"s)),
            "PROXY header: a TLV is longer than the header");
}

TEST(ProxyTlvs, SayItOnceAndInWordsThatALogCanHold) {
  EXPECT_EQ(tls_of(tlv(0x20, kOverTls) + tlv(0x20, kOverTls)), "PROXY header: it has two TLS TLVs");
  for (const std::string& word :
       {"TLS 1.3"s, "TLS\r\n"s, "TLS\""s, ""s, "T\0"s, std::string(65, 'x')})
    EXPECT_EQ(tls_of(tlv(0x20, kOverTls + tlv(0x21, word))),
              "PROXY header: no TLS has a version or cipher of that name");
}

}  // namespace
}  // namespace restante::net
