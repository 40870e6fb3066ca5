#include "text/calendar.h"

#include <gtest/gtest.h>

namespace restante::text {
namespace {

TEST(Calendar, AnInvitationIsAFewLines) {
  EXPECT_EQ(
      calendar_text("BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VTIMEZONE\r\nTZID:Europe/Wien\r\n"
                    "BEGIN:STANDARD\r\nDTSTART:16010101T030000\r\nEND:STANDARD\r\n"
                    "END:VTIMEZONE\r\nBEGIN:VEVENT\r\nSUMMARY:Tea\\, and\r\n  cake\r\n"
                    "DTSTART;TZID=\"Europe/Wien\":20261124T153000\r\nDTEND:20261124T160000Z\r\n"
                    "LOCATION:Room 3\\nupstairs\r\n"
                    "ORGANIZER;CN=\"Ann: A\":mailto:ann@example.com\r\n"
                    "ATTENDEE;PARTSTAT=ACCEPTED;CN=Bob:MAILTO:bob@example.com\r\n"
                    "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:cy@example.com\r\n"
                    "BEGIN:VALARM\r\nDESCRIPTION:Reminder\r\nEND:VALARM\r\n"
                    "DESCRIPTION:bring a cup\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
                    10'000),
      "[Invitation]\nWhat: Tea, and cake\nWhen: 2026-11-24 15:30 (Europe/Wien)\n"
      "Until: 2026-11-24 16:00 UTC\nWhere: Room 3\nupstairs\n"
      "From: Ann: A <ann@example.com>\nWho: Bob <bob@example.com> (accepted)\n"
      "Who: cy@example.com\nAbout: bring a cup\n");
}

TEST(Calendar, AnswersAndWholeDaysAreTold) {
  EXPECT_EQ(calendar_text("METHOD:REPLY\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20261124\n"
                          "STATUS:CANCELLED\nEND:VEVENT\n",
                          1000),
            "[Answer to an invitation]\nWhen: 2026-11-24\nStatus: cancelled\n");
}

TEST(Calendar, WhatIsNoCalendarIsNothing) {
  EXPECT_EQ(calendar_text("", 100), "");
  EXPECT_EQ(calendar_text("SUMMARY:outside\nBEGIN:VTIMEZONE\nEND:VTIMEZONE\n", 100), "");
  EXPECT_EQ(calendar_text("BEGIN:VEVENT\nSUMMARY\n:::\nDTSTART:soon", 100),
            "[Event]\nWhen: soon\n");
}

TEST(Calendar, TheTextIsBounded) {
  std::string many = "BEGIN:VEVENT\n";
  for (int i = 0; i < 1000; ++i) many += "SUMMARY:words\nATTENDEE:mailto:a@example.com\n";
  EXPECT_LE(calendar_text(many, 500).size(), 500U);
}

TEST(Calendar, LinesMayEndWithCr) {
  EXPECT_EQ(calendar_text("METHOD:REPLY\rBEGIN:VEVENT\rSUMMARY:Tea\r and cake\rEND:VEVENT\r", 1000),
            "[Answer to an invitation]\nWhat: Teaand cake\n");
}

}  // namespace
}  // namespace restante::text
