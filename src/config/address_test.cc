#include "config/address.h"

#include <gmock/gmock.h>

namespace restante::config {
namespace {

TEST(Address, IsKeptInCanonicalForm) {
  const std::vector<std::pair<std::string, std::string>> table = {
      {"127.0.0.1:1110", "127.0.0.1:1110"},
      {"0.0.0.0:0", "0.0.0.0:0"},
      {"[::1]:995", "[::1]:995"},
      {"[::]:65535", "[::]:65535"},
      {"[2001:DB8:0:0::1]:25", "[2001:db8::1]:25"},
      {"unix:/run/restante/lmtp", "unix:/run/restante/lmtp"},
  };
  for (const auto& [text, expected] : table) {
    const auto address = parse_address(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(address->to_string(), expected) << text;
  }
}

TEST(Address, ComesApartIntoHostAndPort) {
  const auto address = parse_address("[::1]:1995");
  ASSERT_TRUE(address);
  EXPECT_EQ(address->host, "::1");
  EXPECT_EQ(address->port, 1995);
  EXPECT_EQ(address->unix_path, "");
}

TEST(Address, OfAUnixSocketHasAPathOnly) {
  const auto address = parse_address("unix:/tmp/a b");
  ASSERT_TRUE(address);
  EXPECT_EQ(address->unix_path, "/tmp/a b");
  EXPECT_EQ(address->host, "");
}

TEST(Address, RefusesEverythingElse) {
  for (const char* text : {"",
                           ":",
                           "1110",
                           "127.0.0.1",
                           "127.0.0.1:",
                           "127.0.0.1:65536",
                           "127.0.0.1:-1",
                           "127.0.0.1:+1",
                           "127.0.0.1: 1",
                           "127.0.0.1:01",
                           "127.0.0.1:pop3",
                           "1.2.3:1",
                           "1.2.3.256:1",
                           "::1:110",
                           "[::1]",
                           "[::1]110",
                           "[127.0.0.1]:1",
                           "[]:1",
                           "unix:",
                           "unix:relative",
                           "unix"})
    EXPECT_FALSE(parse_address(text)) << text;
}

TEST(Address, SaysWhatToWriteInstead) {
  const std::vector<std::pair<std::string, std::string>> table = {
      {"localhost:110", "write 127.0.0.1 or [::1]"},
      {"*:110", "write 0.0.0.0 or [::] for all"},
      {":110", "write 0.0.0.0 or [::] for all"},
      {"::1:110", "stands in brackets"},
      {"mail.example.com:110", "must be an IP address"},
      {"127.0.0.1:x", "port must be"},
      {"unix:lmtp", "absolute path"},
  };
  for (const auto& [text, expected] : table) {
    const auto address = parse_address(text);
    ASSERT_FALSE(address) << text;
    EXPECT_THAT(address.error().detail, testing::HasSubstr(expected)) << text;
  }
}

TEST(Address, OfAUnixSocketFitsTheKernel) {
  EXPECT_TRUE(parse_address("unix:/" + std::string(106, 'a')));
  EXPECT_FALSE(parse_address("unix:/" + std::string(107, 'a')));
}

}  // namespace
}  // namespace restante::config
