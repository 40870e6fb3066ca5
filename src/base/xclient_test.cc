#include "base/xclient.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace restante {
namespace {

using Transport = XClient::Transport;

std::string read(std::string_view arguments) {
  const auto client = parse_xclient(arguments);
  if (!client) return client.error().detail;
  std::string out = client->address ? client->address->to_string() : "-";
  out += " " + std::to_string(client->port);
  if (client->transport == Transport::kTls) out += " tls";
  if (client->transport == Transport::kClear) out += " clear";
  if (!client->session.empty()) out += " " + client->session;
  return out;
}

TEST(XClient, SaysWhoTheClientIs) {
  const std::vector<std::pair<std::string, std::string>> table = {
      // Dovecot 2.3, 2.4; nginx 1.22; Postfix.
      {"ADDR=192.0.2.1 PORT=1234 SESSION=ab+2Fc TTL=4", "192.0.2.1 1234 ab/c"},
      {"ADDR=2001:db8::1 PORT=9 DESTADDR=::1 DESTPORT=110 SESSION=x TTL=4 CLIENT-TRANSPORT=TLS",
       "2001:db8::1 9 tls x"},
      {"ADDR=192.0.2.1 PORT=9 CLIENT-TRANSPORT=insecure FORWARD=Zm9v", "192.0.2.1 9 clear"},
      {"ADDR=192.0.2.1 LOGIN=alice NAME=[UNAVAILABLE]", "192.0.2.1 0"},
      {"NAME=spike.example addr=IPv6:2001:DB8::2 proto=ESMTP", "2001:db8::2 0"},
      {"ADDR=::ffff:192.0.2.7", "192.0.2.7 0"},
      {"ADDR=[UNAVAILABLE] PORT=[TEMPUNAVAIL]", "- 0"},
      {"HELO=spike.example", "- 0"},
      {"  NEW=thing   ADDR=192.0.2.1  ", "192.0.2.1 0"},
      {"ADDR=192.0.2.+31", "192.0.2.1 0"},
  };
  for (const auto& [arguments, expected] : table) EXPECT_EQ(read(arguments), expected) << arguments;
}

TEST(XClient, TakesNothingElse) {
  for (const char* arguments :
       {"", " ", "ADDR", "=1", "ADDR=", "ADDR=192.0.2.256", "ADDR=localhost", "ADDR=192.0.2.1:5",
        "PORT=65536", "PORT=x", "PORT=", "ADDR=1.2.3.4 ADDR=1.2.3.5", "NAME=a+", "NAME=a+4",
        "NAME=a+4g", "NAME=a+4a+", "NAME=\xc3\xa4", "ADDR=1.2.3.4 x", "NAME=a\tb"})
    EXPECT_EQ(read(arguments).substr(0, 8), "XCLIENT:") << arguments;
}

}  // namespace
}  // namespace restante
