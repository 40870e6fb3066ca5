#include "maildrop/view.h"

#include <gtest/gtest.h>

namespace restante::maildrop {
namespace {

TEST(ViewName, IsFoldedAndBounded) {
  EXPECT_EQ(*view_name("Phone.2_x-"), "phone.2_x-");
  EXPECT_EQ(view_name(std::string(32, 'a'))->size(), 32U);
  for (const char* const wrong : {"", "a b", "a/b", "\xC3\xA4", "a\n", "trash", "Default", "a#b"})
    EXPECT_FALSE(view_name(wrong)) << wrong;
  EXPECT_FALSE(view_name(std::string(33, 'a')));
}

TEST(ViewName, OfADeviceIsItsLabel) {
  EXPECT_EQ(device_view_name("Anna's iPhone"), "anna-s-iphone");
  EXPECT_EQ(device_view_name(std::string(64, 'x')).size(), 32U);
  for (const char* const label : {"trash", "Default", "\xC3\xA4", "-"})
    EXPECT_TRUE(view_name(device_view_name(label))) << label;
}

TEST(ViewRole, ReadsWhatItSays) {
  for (const ViewRole role : {ViewRole::kEach, ViewRole::kMain, ViewRole::kReader})
    EXPECT_EQ(*parse_view_role(to_string(role)), role);
  EXPECT_FALSE(parse_view_role("Each"));
}

TEST(ViewStart, IsAWordOrDays) {
  using From = ViewStart::From;
  const WallTime now(std::chrono::hours(24 * 1000));
  EXPECT_EQ(parse_view_start("waiting", now)->from, From::kWaiting);
  EXPECT_EQ(parse_view_start("all", now)->from, From::kAll);
  EXPECT_EQ(parse_view_start("now", now)->from, From::kNow);
  EXPECT_EQ(parse_view_start("30d", now)->from, From::kSince);
  EXPECT_EQ(parse_view_start("30d", now)->since, now - std::chrono::hours(24 * 30));
  for (const char* const wrong : {"", "d", "-1d", "30", "99999d", "1.5d", "ALL"})
    EXPECT_FALSE(parse_view_start(wrong, now)) << wrong;
}

}  // namespace
}  // namespace restante::maildrop
