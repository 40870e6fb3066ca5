#include "pop3/capability.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

namespace restante::pop3 {
namespace {

using ::testing::Contains;
using ::testing::Not;

std::vector<std::string> capabilities(const ServerSettings& settings, Channel channel,
                                      Expire expire = {}) {
  SharedState context(settings, channel);
  context.expire = expire;
  reply_capabilities(context);
  std::istringstream reply(context.replies.output());
  std::vector<std::string> lines;
  for (std::string line; std::getline(reply, line);)
    lines.push_back(line.substr(0, line.size() - 1));
  EXPECT_TRUE(lines.front().starts_with("+OK"));
  EXPECT_EQ(lines.back(), ".");
  return lines;
}

TEST(Capabilities, AlwaysHoldWhatDependsOnNothing) {
  const ServerSettings settings;
  for (const bool tls : {false, true})
    for (const bool plaintext : {false, true}) {
      const Channel channel{.tls = tls, .stls_available = true, .plaintext_allowed = plaintext};
      const auto lines = capabilities(settings, channel);
      for (const char* tag :
           {"TOP", "UIDL", "RESP-CODES", "AUTH-RESP-CODE", "PIPELINING", "LANG", "EXPIRE NEVER"})
        EXPECT_THAT(lines, Contains(tag));
    }
}

TEST(Capabilities, HoldPasswordLoginsWhereTheyMayBeUsed) {
  const ServerSettings settings;
  const auto open = capabilities(settings, {.plaintext_allowed = true});
  for (const char* tag : {"USER", "SASL PLAIN LOGIN", "UTF8 USER"})
    EXPECT_THAT(open, Contains(tag));
  const auto closed = capabilities(settings, {.plaintext_allowed = false});
  EXPECT_THAT(closed, Not(Contains("USER")));
  EXPECT_THAT(closed, Not(Contains(::testing::StartsWith("SASL"))));
  EXPECT_THAT(closed, Contains("UTF8"));
}

TEST(Capabilities, HoldStlsWhereItMayBeUsed) {
  const ServerSettings settings;
  EXPECT_THAT(capabilities(settings, {.stls_available = true}), Contains("STLS"));
  EXPECT_THAT(capabilities(settings, {.stls_available = false}), Not(Contains("STLS")));
  EXPECT_THAT(capabilities(settings, {.tls = true, .stls_available = true}), Not(Contains("STLS")));
}

TEST(Capabilities, HoldThePolicyThatIsSet) {
  ServerSettings settings;
  settings.implementation.clear();
  EXPECT_THAT(capabilities(settings, {}), Not(Contains(::testing::StartsWith("LOGIN-DELAY"))));
  EXPECT_THAT(capabilities(settings, {}), Not(Contains(::testing::StartsWith("IMPLEMENTATION"))));
  settings.login_delay_seconds = 900;
  settings.implementation = "restante";
  const auto lines = capabilities(settings, {}, {.days = 0});
  for (const char* tag : {"EXPIRE 0", "LOGIN-DELAY 900", "IMPLEMENTATION restante"})
    EXPECT_THAT(lines, Contains(tag));
  EXPECT_THAT(capabilities(settings, {}, {.per_user = true}), Contains("EXPIRE NEVER USER"));
}

}  // namespace
}  // namespace restante::pop3
