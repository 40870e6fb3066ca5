#include "accounts/networks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace restante::accounts {
namespace {

using testing::HasSubstr;

bool contain(std::string_view networks, std::string_view peer) {
  const auto parsed = Networks::parse(networks);
  EXPECT_TRUE(parsed) << networks;
  return parsed && parsed->contain(peer);
}

TEST(Networks, DovecotsSyntax) {
  constexpr std::string_view kBoth = "127.0.0.0/8,192.168.0.0/16";
  EXPECT_TRUE(contain(kBoth, "127.1.2.3"));
  EXPECT_TRUE(contain(kBoth, "192.168.7.1"));
  EXPECT_TRUE(contain(kBoth, "::ffff:192.168.7.1")) << "the same client at an IPv6 socket";
  EXPECT_FALSE(contain(kBoth, "192.169.7.1"));
  EXPECT_FALSE(contain(kBoth, "::1"));
  EXPECT_FALSE(contain(kBoth, "")) << "a Unix socket is local, and nothing else";
  EXPECT_TRUE(contain("local", ""));
  EXPECT_FALSE(contain("local", "127.0.0.1"));
  EXPECT_TRUE(contain("2001:db8::/32, LOCAL", "2001:db8:1::1"));
  EXPECT_TRUE(contain("fe80::/10", "fe80::1%eth0"));
  EXPECT_TRUE(contain("192.0.2.7", "192.0.2.7"));
  EXPECT_TRUE(contain("192.0.2.7/24", "192.0.2.99")) << "bits behind the prefix do not count";
  EXPECT_TRUE(contain("2001:db8::5/64", "2001:db8::6"));
  EXPECT_TRUE(contain("0.0.0.0/0", "203.0.113.1"));
  EXPECT_FALSE(contain("0.0.0.0/0", "2001:db8::1"));
  EXPECT_FALSE(contain("", "127.0.0.1")) << "no network is nobody";
  EXPECT_FALSE(contain("0.0.0.0/0,::/0", "unix:peer"));
}

TEST(Networks, MistakesNameTheWord) {
  for (const char* text : {"192.0.2.0/33", "example.com", "192.0.2", "@table", "10.0.0.0/8;x",
                           "2001:db8::/129", "/8", "192.0.2.1/"}) {
    const auto parsed = Networks::parse(std::string("127.0.0.1,") + text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_THAT(parsed.error().detail, HasSubstr(text));
  }
}

TEST(Networks, ComeBackAsText) {
  for (const char* text : {"", "local", "192.0.2.0/24", "192.0.2.0/24,2001:db8::/32,local"}) {
    const auto parsed = Networks::parse(text);
    EXPECT_EQ(*Networks::parse(parsed->to_string()), *parsed) << text;
  }
}

}  // namespace
}  // namespace restante::accounts
