#include "base/ip.h"

#include <gtest/gtest.h>

#include <vector>

namespace restante {
namespace {

TEST(IpAddress, TakesAddressesAndNothingElse) {
  for (const char* text : {"192.0.2.1", "0.0.0.0", "255.255.255.255", "::", "::1", "2001:db8::1"}) {
    const auto address = IpAddress::parse(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(address->to_string(), text);
  }
  const std::vector<std::string> wrong = {
      "",          "1",         "1.2.3", "1.2.3.4.5",  "1.2.3.256", "01.2.3.4",
      " 1.2.3.4",  "1.2.3.4 ",  "[::1]", "fe80::1%lo", ":::",       "1::2::3",
      "localhost", "1.2.3.4\n", "g::",   "12345::",    "1.2.3.4:5", std::string(100, '1')};
  for (const std::string& text : wrong) EXPECT_FALSE(IpAddress::parse(text)) << text;
  EXPECT_FALSE(IpAddress::parse(std::string_view("1.2.3.4\0", 8)));
}

TEST(IpAddress, IsTheSameInBothForms) {
  const auto mapped = IpAddress::parse("::ffff:192.0.2.1");
  ASSERT_TRUE(mapped);
  EXPECT_EQ(*mapped, *IpAddress::parse("192.0.2.1"));
  EXPECT_TRUE(mapped->is_v4());
  EXPECT_EQ(mapped->to_string(), "192.0.2.1");
  EXPECT_FALSE(IpAddress::parse("::1")->is_v4());
}

TEST(IpAddress, Masks) {
  const IpAddress address = *IpAddress::parse("2001:db8:ffff:ffff:ffff::1");
  EXPECT_EQ(address.masked(64).to_string(), "2001:db8:ffff:ffff::");
  EXPECT_EQ(address.masked(33).to_string(), "2001:db8:8000::");
  EXPECT_EQ(address.masked(0), IpAddress());
  EXPECT_EQ(address.masked(128), address);
}

TEST(IpNetwork, ContainsWhatBeginsAlike) {
  struct Case {
    const char* network;
    const char* inside;
    const char* outside;
  };
  for (const Case& c : {Case{"192.0.2.0/24", "192.0.2.255", "192.0.3.0"},
                        Case{"192.0.2.1", "192.0.2.1", "192.0.2.2"},
                        Case{"0.0.0.0/0", "203.0.113.9", "2001:db8::1"},
                        Case{"127.0.0.0/8", "::ffff:127.0.0.1", "128.0.0.1"},
                        Case{"2001:db8::/33", "2001:db8:7fff::1", "2001:db8:8000::"},
                        Case{"::1", "::1", "::2"}, Case{"::/0", "10.0.0.1", "::ffff:0.0.0.0"}}) {
    const auto network = IpNetwork::parse(c.network);
    ASSERT_TRUE(network) << c.network;
    EXPECT_TRUE(network->contains(*IpAddress::parse(c.inside))) << c.network;
    if (std::string_view(c.network) != "::/0") {
      EXPECT_FALSE(network->contains(*IpAddress::parse(c.outside))) << c.network;
    }
  }
}

TEST(IpNetwork, SaysWhatIsWrong) {
  const std::vector<std::pair<std::string, std::string>> table = {
      {"192.0.2.1/24", "has bits set behind the prefix; write 192.0.2.0/24"},
      {"2001:db8::1/32", "has bits set behind the prefix; write 2001:db8::/32"},
      {"192.0.2.0/33", "the length behind / must be from 0 to 32"},
      {"::/129", "the length behind / must be from 0 to 128"},
      {"::/", "the length behind / must be from 0 to 128"},
      {"::/+1", "the length behind / must be from 0 to 128"},
  };
  for (const auto& [text, sentence] : table) {
    const auto network = IpNetwork::parse(text);
    ASSERT_FALSE(network) << text;
    EXPECT_EQ(network.error().detail, sentence);
  }
  EXPECT_FALSE(IpNetwork::parse("example.com/24"));
  EXPECT_EQ(IpNetwork::parse("10.0.0.0/8")->to_string(), "10.0.0.0/8");
  EXPECT_EQ(IpNetwork::loopback_v4(), *IpNetwork::parse("127.0.0.0/8"));
  EXPECT_EQ(IpNetwork::loopback_v6().to_string(), "::1/128");
}

}  // namespace
}  // namespace restante
