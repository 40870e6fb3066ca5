#include "config/far_address.h"

#include <gtest/gtest.h>

namespace restante::config {
namespace {

std::string pop3(std::string_view text) {
  const auto address = parse_far_pop3(text);
  return address ? far_pop3_text(*address) : "wrong";
}
std::string lmtp(std::string_view text) {
  const auto address = parse_far_lmtp(text);
  return address ? far_lmtp_text(*address) : "wrong";
}

TEST(FarAddress, HasOneWayToBeWritten) {
  EXPECT_EQ(pop3("pop3s://Old.example"), "pop3s://old.example:995");
  EXPECT_EQ(pop3("pop3s://old.example:9950"), "pop3s://old.example:9950");
  EXPECT_EQ(pop3("pop3://192.0.2.1"), "pop3://192.0.2.1:110");
  EXPECT_EQ(pop3("pop3s://[2001:db8::1]:995"), "pop3s://[2001:db8::1]:995");
  EXPECT_EQ(lmtp("old"), "old:24");
  EXPECT_EQ(lmtp("[::1]:2424"), "[::1]:2424");
}

TEST(FarAddress, IsNothingElse) {
  for (const char* text : {"", "old.example", "https://old.example", "pop3s://", "pop3s://:995",
                           "pop3s://old.example:0", "pop3s://old.example:65536", "pop3s://a b",
                           "pop3s://alice@old.example", "pop3s://old.example/", "pop3s://[::1",
                           "pop3s://[old]", "pop3s://::1", "pop3s://-old", "pop3s://[::1]x:1"})
    EXPECT_EQ(pop3(text), "wrong") << text;
  for (const char* text : {"", "lmtp://old", ":24", "old:", "old:x", "old/24"})
    EXPECT_EQ(lmtp(text), "wrong") << text;
}

}  // namespace
}  // namespace restante::config
