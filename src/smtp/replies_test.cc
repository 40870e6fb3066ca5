#include "smtp/replies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/ascii.h"

namespace restante::smtp {
namespace {

// RFC 2034 s.4: "ddd d.d.d text", the class of both codes the same; 354 has no enhanced code.
bool has_enhanced_code(std::string_view line) {
  return line.size() > 10 && is_digit(line[0]) && is_digit(line[1]) && is_digit(line[2]) &&
         line[3] == ' ' && line[4] == line[0] && line[5] == '.' && is_digit(line[6]) &&
         line[7] == '.' && is_digit(line[8]);
}

TEST(Replies, AreWellFormed) {
  for (int i = 0; i <= static_cast<int>(Reply::kLoop); ++i) {
    const auto reply = static_cast<Reply>(i);
    const std::string_view line = text(reply);
    EXPECT_TRUE(line.ends_with("\r\n")) << line;
    EXPECT_EQ(line.find_first_of("\r\n"), line.size() - 2) << line;
    EXPECT_LE(line.size(), 512U) << line;  // RFC 5321 s.4.5.3.1.5.
    EXPECT_EQ(has_enhanced_code(line), reply != Reply::kStartInput) << line;
  }
}

TEST(Replies, ADeliveryNamesItsMail) {
  Outcome one(Delivery::kDone);
  EXPECT_EQ(delivered_reply({one}), text(Reply::kDelivered));
  one.mail = "4f2a.1";
  EXPECT_EQ(delivered_reply({one}), "250 2.0.0 Delivered, safe on disk mail=4f2a.1\r\n");
  one.uids = {"u1", "u2"};
  EXPECT_EQ(delivered_reply({one}), "250 2.0.0 Delivered, safe on disk mail=4f2a.1 uid=u1,u2\r\n");
  one.uids = std::vector<std::string>(4, std::string(70, 'u'));
  EXPECT_LE(delivered_reply({one}).size(), 512U);
  EXPECT_EQ(delivered_reply({one, one}), "250 2.0.0 Delivered, safe on disk mail=4f2a.1\r\n");
}

TEST(Replies, ExtensionsFollowTheChannel) {
  ServerSettings settings;
  settings.hostname = "mail.example.test";
  settings.message_bytes_max = 12345;
  Channel channel;
  EXPECT_THAT(extensions_reply(settings, channel), testing::HasSubstr("250-SIZE 12345\r\n"));
  EXPECT_THAT(extensions_reply(settings, channel), testing::Not(testing::HasSubstr("STARTTLS")));
  channel.starttls_available = true;
  EXPECT_THAT(extensions_reply(settings, channel), testing::HasSubstr("250-STARTTLS\r\n"));
  channel.tls = true;
  EXPECT_THAT(extensions_reply(settings, channel), testing::Not(testing::HasSubstr("STARTTLS")));
  EXPECT_THAT(extensions_reply(settings, channel), testing::Not(testing::HasSubstr("XFORWARD")));
  channel.trusted = true;
  EXPECT_THAT(extensions_reply(settings, channel),
              testing::HasSubstr("250-XFORWARD NAME ADDR PORT PROTO HELO IDENT SOURCE\r\n"));
  EXPECT_TRUE(closing(settings, Farewell::kGoingDown).starts_with("421 4.3.2 mail.example.test "));
  EXPECT_TRUE(closing(settings, Farewell::kTimeout).starts_with("421 4.4.2 mail.example.test "));
  EXPECT_EQ(helo_reply(settings), "250 mail.example.test\r\n");
}

}  // namespace
}  // namespace restante::smtp
