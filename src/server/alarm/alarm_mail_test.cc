#include "server/alarm/alarm_mail.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace restante::server {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr WallTime kNow{std::chrono::days(20'787) + std::chrono::minutes(855)};
const Trouble kDisk(TroubleKind::kDisk, "only 12 bytes are free");
const ToldTrouble kLdap{"back-end ldap", "ldap does not answer: refused",
                        kNow - std::chrono::hours(2)};

TEST(AlarmMail, TheSubjectSaysWhereAndWhat) {
  EXPECT_EQ(alarm_subject("mail.example.test", {{kDisk}, {}}),
            "mail.example.test: The disk is nearly full");
  EXPECT_EQ(alarm_subject("mail.example.test", {{}, {kLdap}}),
            "mail.example.test: over: A back end of accounts does not answer");
  EXPECT_EQ(alarm_subject("a", {{kDisk}, {kLdap}}), "a: The disk is nearly full (and 1 more)");
  EXPECT_EQ(alarm_subject("a", {{}, {{"of a later version", "x", kNow}}}), "a: over: of");
}

TEST(AlarmMail, TheTextSaysWhatToDo) {
  const std::string text = alarm_text({{kDisk}, {}}, {kLdap}, kNow);
  EXPECT_THAT(text, HasSubstr("  only 12 bytes are free.\r\n  Noticed 2026-11-30 14:15 UTC.\r\n"));
  EXPECT_THAT(text, HasSubstr("  What to do: Make room on the file system"));
  EXPECT_THAT(text, HasSubstr("Still so:\r\n\r\n  ldap does not answer: refused (since 2026-11-30 "
                              "12:15 UTC).\r\n"));
  EXPECT_THAT(text, Not(HasSubstr("Over:")));
}

TEST(AlarmMail, WhatIsOverIsNotStillSo) {
  const std::string text = alarm_text({{}, {kLdap}}, {kLdap}, kNow);
  EXPECT_THAT(text, HasSubstr("Over: A back end of accounts does not answer.\r\n\r\n  It was: ldap "
                              "does not answer: refused.\r\n  From 2026-11-30 12:15 UTC to "
                              "2026-11-30 14:15 UTC.\r\n"));
  EXPECT_THAT(text, Not(HasSubstr("Still so")));
}

TEST(AlarmMail, NoLineIsTooLongUnlessAWordIs) {
  const std::string word(2000, 'x');
  const Trouble long_one(TroubleKind::kDisk, "a " + word + " b");
  const std::string text = alarm_text({{long_one}, {}}, {}, kNow);
  EXPECT_THAT(text, HasSubstr("  a\r\n  " + word + "\r\n  b.\r\n"));
  std::size_t begin = 0;
  for (std::size_t end = 0; (end = text.find("\r\n", begin)) != std::string::npos; begin = end + 2)
    EXPECT_TRUE(end - begin <= 76 || end - begin == 2002) << text.substr(begin, end - begin);
}

}  // namespace
}  // namespace restante::server
