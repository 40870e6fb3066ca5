#include "smtp/forwarded.h"

#include <gtest/gtest.h>

namespace restante::smtp {
namespace {

TEST(Forwarded, IsWhatPostfixSays) {
  Forwarded said;
  ASSERT_TRUE(
      read_forwarded("NAME=mx.example.net ADDR=IPV6:2001:db8::1 PORT=25 PROTO=ESMTP", said));
  ASSERT_TRUE(read_forwarded("helo=a+2Bb IDENT=4f2A6Z1 SOURCE=REMOTE", said));
  EXPECT_EQ(said.name, "mx.example.net");
  EXPECT_EQ(said.address, "IPV6:2001:db8::1");
  EXPECT_EQ(said.port, "25");
  EXPECT_EQ(said.protocol, "ESMTP");
  EXPECT_EQ(said.helo, "a+b");
  EXPECT_EQ(said.ident, "4f2A6Z1");
  EXPECT_EQ(said.source, "REMOTE");
}

TEST(Forwarded, ALaterValueReplacesAnEarlierOne) {
  Forwarded said;
  ASSERT_TRUE(read_forwarded("NAME=a IDENT=1", said));
  ASSERT_TRUE(read_forwarded("NAME=[UNAVAILABLE] IDENT=2", said));
  EXPECT_EQ(said.name, "");
  EXPECT_EQ(said.ident, "2");
}

TEST(Forwarded, WhatIsMalformedChangesNothing) {
  Forwarded said;
  said.ident = "before";
  for (const std::string& text :
       {std::string(), std::string("IDENT"), std::string("IDENT="), std::string("IDENT=a LOGIN=b"),
        std::string("IDENT=a+2"), std::string("IDENT=a+2b"), std::string("IDENT=a=b"),
        std::string("IDENT=a\tb"), "IDENT=" + std::string(256, 'x'), std::string("=a")}) {
    EXPECT_FALSE(read_forwarded(text, said)) << text;
    EXPECT_EQ(said.ident, "before");
  }
  EXPECT_TRUE(read_forwarded("IDENT=" + std::string(255, 'x'), said));
}

}  // namespace
}  // namespace restante::smtp
