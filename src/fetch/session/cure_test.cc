#include "fetch/session/cure.h"

#include <gtest/gtest.h>

namespace restante::fetch {
namespace {

using Kind = sasl::CredentialKind;

std::string cure(std::string_view line, std::string_view host = "mail.example",
                 Kind kind = Kind::kPassword) {
  const auto reply = pop3::parse_reply(line);
  EXPECT_TRUE(reply) << line;
  return std::string(cure_of(*reply, host, kind));
}

TEST(Cure, WhatGoogleSays) {
  constexpr auto kNoPop = "-ERR [SYS/PERM] Your account is not enabled for POP access.";
  EXPECT_NE(cure(kNoPop).find("switch POP on"), std::string::npos);
  EXPECT_NE(cure("-ERR [AUTH] Application-specific password required: https://support")
                .find("app password"),
            std::string::npos);
  EXPECT_NE(cure("-ERR [AUTH] Web login required: https://x").find("browser"), std::string::npos);
  EXPECT_TRUE(is_account_matter(*pop3::parse_reply(kNoPop)));
}

TEST(Cure, WhoseWordsSayNothingIsKnownByName) {
  constexpr auto kRefused = "-ERR Logon failure: unknown user name or bad password.";
  EXPECT_NE(cure(kRefused, "outlook.office365.com").find("microsoft"), std::string::npos);
  EXPECT_NE(cure(kRefused, "POP.GMAIL.COM").find("app password"), std::string::npos);
  EXPECT_NE(cure(kRefused, "pop.gmail.com", Kind::kToken).find("scope"), std::string::npos);
  EXPECT_EQ(cure(kRefused), "");
  EXPECT_EQ(cure(kRefused, "notgmail.com"), "");
}

TEST(Cure, WhatIsTemporaryNeedsNone) {
  EXPECT_EQ(cure("-ERR [SYS/TEMP] later", "pop.gmail.com"), "");
  EXPECT_FALSE(is_account_matter(*pop3::parse_reply("-ERR [SYS/PERM] no")));
}

}  // namespace
}  // namespace restante::fetch
