#include "net/proxy_header.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace restante::net {
namespace {

using namespace std::string_literals;

struct Outcome {
  std::string client;     // "-": no client; "wrong": an error; "more": it waits.
  std::size_t taken = 0;  // Octets of the input that were the header's.
};

/// Fed in pieces of at most `piece` octets, each peeked at as a socket would show it.
Outcome read(const std::string& input, std::size_t piece) {
  ProxyHeaderReader reader;
  Outcome out;
  while (!reader.is_done() && out.taken < input.size()) {
    const auto taken = reader.take(std::string_view(input).substr(out.taken, piece));
    if (!taken) return {"wrong", out.taken};
    EXPECT_GT(*taken, 0U);  // Otherwise the driver would spin.
    out.taken += *taken;
  }
  if (!reader.is_done())
    out.client = "more";
  else
    out.client = reader.client() ? reader.client()->to_string() : "-";
  return out;
}

constexpr std::size_t kWhole = 1U << 20;

std::string v2(unsigned char command, unsigned char family, const std::string& rest) {
  std::string out = "\r\n\r\n\0\r\nQUIT\n"s;
  out += static_cast<char>(command);
  out += static_cast<char>(family);
  out += static_cast<char>(rest.size() >> 8U);
  out += static_cast<char>(rest.size() & 0xffU);
  return out + rest;
}

const std::string kV4Addresses = "\xc0\x00\x02\x01\xcb\x00\x71\x05\x04\xd2\x00\x6e"s;
const std::string kV6Addresses =
    "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01"
    "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x02\x04\xd2\x00\x6e"s;

const std::vector<std::pair<std::string, std::string>>& good() {
  static const std::vector<std::pair<std::string, std::string>> table = {
      {"PROXY TCP4 192.0.2.1 203.0.113.5 1234 110\r\n", "192.0.2.1:1234"},
      {"PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n", "255.255.255.255:65535"},
      {"PROXY TCP6 2001:db8::1 2001:DB8::2 0 1\r\n", "[2001:db8::1]:0"},
      {"PROXY TCP6 ::ffff:192.0.2.1 ::1 1234 110\r\n", "192.0.2.1:1234"},
      {"PROXY UNKNOWN\r\n", "-"},
      {"PROXY UNKNOWN ffff::ffff whatever 1 2 3\r\n", "-"},
      {v2(0x21, 0x11, kV4Addresses), "192.0.2.1:1234"},
      {v2(0x21, 0x21, kV6Addresses), "[2001:db8::1]:1234"},
      {v2(0x21, 0x11, kV4Addresses + "\x04\x00\x02xx"s), "192.0.2.1:1234"},
      {v2(0x21, 0x11, kV4Addresses + "\x04\x00\x00\x20\x00\x05\x01\x00\x00\x00\x00"s),
       "192.0.2.1:1234"},
      {v2(0x21, 0x31, std::string(216, 'p')), "-"},
      {v2(0x21, 0x00, ""), "-"},
      {v2(0x21, 0x00, "anything"), "-"},
      {v2(0x21, 0x10, kV4Addresses), "-"},
      {v2(0x20, 0x00, ""), "-"},
      {v2(0x20, 0x11, kV4Addresses), "-"},
      {v2(0x20, 0xff, "x"), "-"},
  };
  return table;
}

TEST(ProxyHeader, SaysWhoTheClientIsAndTakesNoMore) {
  for (const auto& [header, client] : good()) {
    for (std::size_t piece : {std::size_t{1}, std::size_t{2}, std::size_t{7}, kWhole}) {
      const Outcome out = read(header + "\x16\x03\x01 TLS\n", piece);
      EXPECT_EQ(out.client, client) << header << " in pieces of " << piece;
      EXPECT_EQ(out.taken, header.size()) << header << " in pieces of " << piece;
    }
  }
}

TEST(ProxyHeader, AHeaderCutAnywhereIsWaitedFor) {
  for (const auto& [header, client] : good())
    for (std::size_t cut = 1; cut < header.size(); ++cut) {
      EXPECT_EQ(read(header.substr(0, cut), kWhole).client, "more") << header << " cut at " << cut;
      EXPECT_EQ(read(header.substr(0, cut), 1).client, "more") << header << " cut at " << cut;
    }
}

TEST(ProxyHeader, TakesNothingElse) {
  const std::string too_long = "PROXY UNKNOWN " + std::string(200, 'f') + "\r\n";
  for (const std::string& header : {
           "CAPA\r\n"s,
           "\x16\x03\x01\x02\x00"s,
           "QUIT\r\n"s,
           " PROXY TCP4"s,
           "proxy TCP4"s,
           "PROXYTCP4 "s,
           "PROXY  TCP4 192.0.2.1 203.0.113.5 1 2\r\n"s,
           "PROXY TCP4 192.0.2.1 203.0.113.5 1 2\n"s,
           "PROXY TCP4 192.0.2.1 203.0.113.5 1\n"s,
           "PROXY TCP4 192.0.2.1 203.0.113.5 1 2 \r\n"s,
           "PROXY TCP4 192.0.2.1  203.0.113.5 1 2\r\n"s,
           "PROXY TCP4 192.0.2.1 203.0.113.5 01 2\r\n"s,
           "PROXY TCP4 192.0.2.1 203.0.113.5 65536 2\r\n"s,
           "PROXY TCP4 192.0.2.1 203.0.113.5 1 \r\n"s,
           "PROXY TCP4 192.0.2.1 203.0.113.5 -1 2\r\n"s,
           "PROXY TCP4 192.0.2.01 203.0.113.5 1 2\r\n"s,
           "PROXY TCP4 ::1 ::1 1 2\r\n"s,
           "PROXY TCP6 192.0.2.1 203.0.113.5 1 2\r\n"s,
           "PROXY TCP6 ::1%lo ::1 1 2\r\n"s,
           "PROXY TCP4 192.0.2.256 203.0.113.5 1 2\r\n"s,
           "PROXY UDP4 192.0.2.1 203.0.113.5 1 2\r\n"s,
           "PROXY TCP4\r\n"s,
           "PROXY \r\n"s,
           "PROXY TCP4 192.0.2.1\0 203.0.113.5 1 2\r\n"s,
           too_long,
           too_long.substr(0, 107),  // It need not be waited for what ends such a line.
           "PROXY TCP4 192.0.2.1 203.0.113.5 1\r 2\r\nx"s,
           "\r\n\r\n\0\r\nQUIT\r"s,
           "\r\n\r\n\0\r\nQUIX\n"s,
           v2(0x11, 0x11, kV4Addresses),
           v2(0x22, 0x11, kV4Addresses),
           v2(0x31, 0x11, kV4Addresses),
           v2(0x21, 0x41, kV4Addresses),
           v2(0x21, 0x13, kV4Addresses),
           v2(0x21, 0x12, kV4Addresses),
           v2(0x21, 0x11, kV4Addresses.substr(1)),
           v2(0x21, 0x21, kV4Addresses),
           v2(0x21, 0x31, std::string(215, 'p')),
           v2(0x21, 0x11, kV4Addresses + "\x04"),
           v2(0x21, 0x11, kV4Addresses + "\x04\x00\x03xx"s),
           v2(0x21, 0x11, kV4Addresses + std::string(5000, '\0')),
       }) {
    EXPECT_EQ(read(header, kWhole).client, "wrong") << header;
    EXPECT_EQ(read(header, 1).client, "wrong") << header;
  }
}

TEST(ProxyHeader, IsRefusedBeforeItsBodyWhenItIsTooLong) {
  std::string header = v2(0x21, 0x11, "");
  header[14] = '\x7f';
  EXPECT_EQ(read(header, kWhole).client, "wrong");
}

TEST(ProxyHeader, AChecksumMustBeRight) {
  // As haproxy computes it: over the header with zeroes in the checksum's place.
  const std::string tlv = "\x03\x00\x04\x00\x00\x00\x00"s;
  std::string header = v2(0x21, 0x11, kV4Addresses + tlv);
  EXPECT_EQ(read(header, kWhole).client, "wrong");
  header.replace(header.size() - 4, 4, "\xab\xe3\x59\x9d"s);
  EXPECT_EQ(read(header, kWhole).client, "192.0.2.1:1234");
  for (std::size_t i = 16; i < 28; ++i) {
    std::string damaged = header;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    EXPECT_EQ(read(damaged, kWhole).client, "wrong") << i;
  }
}

}  // namespace
}  // namespace restante::net
