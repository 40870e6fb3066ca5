#include "maildrop/log/file/view_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace restante::maildrop::log {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr View kPhone{1};
constexpr View kTablet{2};
const WallTime kStart(std::chrono::hours(24 * 20'000));
constexpr auto kDay = std::chrono::hours(24);

ViewRecord record(ViewRole role, WallTime used, std::string name = "x") {
  ViewRecord out;
  out.name = std::move(name);
  out.role = role;
  out.made = kStart;
  out.used = used;
  return out;
}

TEST(ViewTable, AloneTheDefaultViewHoldsWhateverItsRole) {
  ViewTable table;
  table.set(View::kDefault, record(ViewRole::kReader, kStart));
  EXPECT_THAT(table.holding(kStart + 1000 * kDay, 90 * kDay), ElementsAre(View::kDefault));
  EXPECT_FALSE(table.is_unsaid());
}

TEST(ViewTable, AReaderNeverHolds) {
  ViewTable table;
  table.set(kPhone, record(ViewRole::kReader, kStart));
  EXPECT_THAT(table.holding(kStart, 90 * kDay), ElementsAre(View::kDefault));
  table.set(View::kDefault, record(ViewRole::kReader, kStart));
  EXPECT_THAT(table.holding(kStart, 90 * kDay), IsEmpty());
}

TEST(ViewTable, TheOneUsedLastHoldsHoweverLongAgo) {
  ViewTable table;
  table.set(View::kDefault, record(ViewRole::kEach, kStart));
  table.set(kPhone, record(ViewRole::kEach, kStart + kDay));
  table.set(kTablet, record(ViewRole::kMain, kStart + 2 * kDay));
  EXPECT_THAT(table.holding(kStart + 90 * kDay, 90 * kDay),
              ElementsAre(View::kDefault, kPhone, kTablet));
  EXPECT_THAT(table.holding(kStart + 91 * kDay, 90 * kDay), ElementsAre(kPhone, kTablet));
  EXPECT_THAT(table.holding(kStart + 500 * kDay, 90 * kDay), ElementsAre(kTablet));
  EXPECT_THAT(table.holding(kStart + 500 * kDay, std::nullopt),
              ElementsAre(View::kDefault, kPhone, kTablet));
}

TEST(ViewTable, AReleasedViewDoesNotHold) {
  ViewTable table;
  ViewRecord phone = record(ViewRole::kEach, kStart);
  phone.is_released = true;
  table.set(kPhone, phone);
  table.set(View::kDefault, record(ViewRole::kEach, kStart + kDay));
  EXPECT_THAT(table.holding(kStart + kDay, 90 * kDay), ElementsAre(View::kDefault));
}

ViewRecord copy(std::string name = "copy") {
  ViewRecord out = record(ViewRole::kReader, kStart + 9 * kDay, std::move(name));
  out.of_copy = true;
  out.is_released = true;
  return out;
}

TEST(ViewTable, CopiesHoldWhateverTheirRecordsSayAndAreNotTheOneUsedLast) {
  ViewTable table;
  table.set(kTablet, copy());
  EXPECT_THAT(table.holding(kStart + 500 * kDay, 90 * kDay), ElementsAre(View::kDefault, kTablet));
  table.set(kPhone, record(ViewRole::kEach, kStart + 10 * kDay));
  EXPECT_THAT(table.holding(kStart + 500 * kDay, 90 * kDay), ElementsAre(kPhone, kTablet));
}

TEST(ViewTable, WhereCopiesAloneWouldHoldAllViewsDo) {
  ViewTable table;
  table.set(View::kDefault, record(ViewRole::kReader, kStart));
  table.set(kTablet, copy());
  EXPECT_THAT(table.holding(kStart, 90 * kDay), ElementsAre(View::kDefault, kTablet));
}

TEST(ViewTable, CopiesAreNotCountedAmongReaders) {
  ViewTable table;
  EXPECT_FALSE(table.has_copies());
  EXPECT_FALSE(table.others_decide(View::kDefault));
  table.set(kPhone, copy());
  table.set(kTablet, record(ViewRole::kEach, kStart, "y"));
  EXPECT_EQ(table.readers_made(), 1U);
  EXPECT_TRUE(table.has_copies());
  EXPECT_TRUE(table.is_of_copy(kPhone));
  for (const View view : {View::kDefault, View::kTrash, kTablet, View{9}})
    EXPECT_FALSE(table.is_of_copy(view));
  EXPECT_TRUE(table.others_decide(View::kDefault));
}

TEST(ViewTable, GivesNoNumberTwice) {
  ViewTable table;
  EXPECT_EQ(table.next(), kPhone);
  table.set(kPhone, record(ViewRole::kEach, kStart));
  table.set(kTablet, record(ViewRole::kEach, kStart, "y"));
  table.end(kTablet);
  EXPECT_TRUE(table.has_ended(kTablet));
  EXPECT_FALSE(table.has_ended(kPhone));
  EXPECT_FALSE(table.has_ended(View::kTrash));
  EXPECT_EQ(table.next(), View{3});
  EXPECT_EQ(table.find("x"), kPhone);
  EXPECT_EQ(table.find("y"), std::nullopt);
  table.mention(View{9});
  EXPECT_EQ(table.next(), View{10});
  EXPECT_THAT(table.live(), ElementsAre(View::kDefault, kPhone, View{9}));
}

}  // namespace
}  // namespace restante::maildrop::log
