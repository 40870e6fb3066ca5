#include "pop3/client_capabilities.h"

#include <gtest/gtest.h>

namespace restante::pop3 {
namespace {

TEST(ClientCapabilities, NamesWithoutRegardToCase) {
  Capabilities got;
  for (const char* line :
       {"stls", "Top", "UIDL", "pipeLining", "USER", "resp-codes", "AUTH-RESP-CODE", "UTF8 USER"})
    got.add(line);
  EXPECT_TRUE(got.stls && got.top && got.uidl && got.pipelining && got.user);
  EXPECT_TRUE(got.response_codes && got.auth_response_code && got.utf8);
  EXPECT_EQ(got.lines.size(), 8U);
}

TEST(ClientCapabilities, ParametersOfSeveralLines) {
  Capabilities got;
  got.add("SASL plain  LOGIN ");
  got.add("SASL Scram-Sha-256");
  got.add("LOGIN-DELAY 900 USER");
  got.add("EXPIRE never");
  got.add("IMPLEMENTATION Some server 1.0");
  EXPECT_EQ(got.sasl, "PLAIN LOGIN SCRAM-SHA-256");
  EXPECT_EQ(got.login_delay_seconds, 900U);
  EXPECT_EQ(got.expire, "NEVER");
  EXPECT_EQ(got.implementation, "Some server 1.0");
}

TEST(ClientCapabilities, WhatIsLikeANameIsNone) {
  Capabilities got;
  for (const char* line : {"", "STLSX", "X-UIDL", "LOGIN-DELAY soon", "LOGIN-DELAY -1"})
    got.add(line);
  EXPECT_FALSE(got.stls || got.uidl || got.login_delay_seconds);
}

TEST(ClientCapabilities, LinesAreBounded) {
  Capabilities got;
  for (int i = 0; i < 1000; ++i) got.add("X");
  got.add("TOP");
  EXPECT_EQ(got.lines.size(), 100U);
  EXPECT_TRUE(got.top);
}

}  // namespace
}  // namespace restante::pop3
