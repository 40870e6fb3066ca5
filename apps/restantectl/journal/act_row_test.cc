#include "restantectl/journal/act_row.h"

#include <gtest/gtest.h>

namespace restante::ctl {
namespace {

journal::Act deletion() {
  journal::Act act;
  act.kind = journal::Kind::kDeleted;
  act.when = WallTime(std::chrono::milliseconds(1'795'000'000'123));
  act.account = act.recipient = "alice@example.com";
  act.device = "phone";
  act.uid = "1f.2";
  act.octets = 7;
  return act;
}

TEST(ActRow, SaysEverythingOnce) {
  EXPECT_EQ(act_row(deletion()),
            (std::vector<std::string>{"2026-11-18T11:06:40", "deleted", "alice@example.com", "1f.2",
                                      "", "7 octets  device phone"}));
  EXPECT_EQ(act_row(deletion()).size(), act_header().size());
}

TEST(ActRow, HasTheLinesKeys) {
  const auto object = act_object(deletion());
  EXPECT_EQ(object.at("act").as_string(), "deleted");
  EXPECT_EQ(object.at("octets").as_int64(), 7);
  EXPECT_FALSE(object.contains("session"));
}

TEST(Moment, OfADayAMinuteOrASecond) {
  const auto noon =
      std::chrono::sys_days(std::chrono::year(2026) / 11 / 30) + std::chrono::hours(12);
  EXPECT_EQ(parse_moment("2026-11-30"), noon - std::chrono::hours(12));
  for (const char* text : {"2026-11-30T12:00", "2026-11-30 12:00:00", "2026-11-30T12:00:00Z"})
    EXPECT_EQ(parse_moment(text), noon) << text;
  for (const char* text : {"", "2d", "2026-11-31", "2026-11-30T", "2026-11-30T24:00", "30.11.2026",
                           "2026-11-30T12:0x", "2026-11-30T12:00:00+1"})
    EXPECT_EQ(parse_moment(text), std::nullopt) << text;
}

}  // namespace
}  // namespace restante::ctl
