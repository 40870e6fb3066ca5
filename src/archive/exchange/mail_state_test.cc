#include "archive/exchange/mail_state.h"

#include <gtest/gtest.h>

namespace restante::archive {
namespace {

constexpr std::int64_t kNow = 1795323600;  // 2026-11-22.

TEST(MailState, FlagsOfEveryProgram) {
  EXPECT_EQ(state_of_header("Subject: x\nStatus: RO\nX-Status: AF\n").flags, "FRS");
  EXPECT_EQ(state_of_header("Status: O\nSubject: x\n").flags, "");
  EXPECT_EQ(state_of_header("X-Status: DT\n\n").flags, "DT");
  EXPECT_EQ(state_of_header("X-Mozilla-Status: 1007\nX-Mozilla-Status2: 00000000\n").flags, "FPRS");
  EXPECT_EQ(state_of_header("X-Account-Key: account2\nX-UIDL: 7\nX-Mozilla-Status: 0001\n").flags,
            "S");
  EXPECT_EQ(state_of_header("Subject: none\n").flags, "");
}

TEST(MailState, ASenderDeletesNothing) {
  EXPECT_TRUE(state_of_header("X-Mozilla-Status: 0009\nSubject: x\n").deleted);
  EXPECT_FALSE(state_of_header("Subject: x\nX-Mozilla-Status: 0009\n").deleted);
  EXPECT_FALSE(state_of_header("X-Mozilla-Status: zz\nSubject: x\n").deleted);
}

TEST(MailState, WrittenFlagsAreReadAgain) {
  for (const char* const flags : {"", "S", "FRS", "DT", "F"}) {
    EXPECT_EQ(state_of_header(status_lines(flags) + "Subject: x\n").flags, flags);
  }
  EXPECT_EQ(state_of_header(mozilla_status_lines("FPRS") + "Subject: x\n").flags, "FPRS");
  EXPECT_EQ(status_lines("S"), "Status: RO\n");
}

TEST(MailState, AnArrivalThatCannotBeIsNotBelieved) {
  const auto credible = [](std::int64_t told, const char* date) {
    return credible_arrival(Told{"", told, false}, date, kNow).has_value();
  };
  EXPECT_TRUE(credible(1709632800, "Tue, 5 Mar 2024 10:00:00 +0000"));
  EXPECT_TRUE(credible(1709632800, ""));
  EXPECT_TRUE(credible(kNow, "Tue, 5 Mar 2024 10:00:00 +0000"));
  EXPECT_FALSE(credible(1000684800, "Tue, 5 Mar 2024 10:00:00 +0000"));
  EXPECT_FALSE(credible(kNow + 1000000, ""));
  EXPECT_FALSE(credible(0, ""));
  EXPECT_TRUE(credible_arrival(Told{"", kNow + 1000000, true}, "", kNow));
}

TEST(MailState, AMaildirsNameHasATime) {
  EXPECT_EQ(time_in_name("1709632800.M1P2.host:2,S"), 1709632800);
  EXPECT_FALSE(time_in_name("17.x"));
  EXPECT_FALSE(time_in_name("1709632800"));
  EXPECT_FALSE(time_in_name("mail.eml"));
}

}  // namespace
}  // namespace restante::archive
