#include "server/alarm/told_troubles.h"

#include <gtest/gtest.h>

#include <fstream>

#include "accounts/test_support.h"

namespace restante::server {
namespace {

const Trouble kDisk(TroubleKind::kDisk, "12 octets are free");
const Trouble kLdap(TroubleKind::kBackEnd, "ldap: refused\nthere", "ldap");
constexpr WallTime kNow{std::chrono::days(20'000)};

class ToldTroublesTest : public ::testing::Test {
 protected:
  accounts::TempDir folder_;
  std::filesystem::path file_ = folder_.path() / "alarms";
};

TEST_F(ToldTroublesTest, EachIsNewsOnceAndOverOnce) {
  ToldTroubles told(file_);
  const TroubleNews first = told.compare({kDisk, kLdap});
  ASSERT_EQ(first.begun.size(), 2U);
  ASSERT_TRUE(told.note(first, kNow));
  EXPECT_TRUE(told.compare({kDisk, kLdap}).empty());
  const TroubleNews second = told.compare({kDisk});
  ASSERT_EQ(second.over.size(), 1U);
  EXPECT_EQ(second.over[0].key, "back-end ldap");
  ASSERT_TRUE(told.note(second, kNow));
  EXPECT_TRUE(told.compare({kDisk}).empty());
}

TEST_F(ToldTroublesTest, WhatIsNotNotedIsNewsAgain) {
  const ToldTroubles told(file_);
  EXPECT_EQ(told.compare({kDisk}).begun.size(), 1U);
  EXPECT_EQ(told.compare({kDisk}).begun.size(), 1U);
}

TEST_F(ToldTroublesTest, ARestartKnowsThem) {
  {
    ToldTroubles told(file_);
    ASSERT_TRUE(told.note(told.compare({kLdap}), kNow));
  }
  const ToldTroubles told(file_);
  ASSERT_EQ(told.all().size(), 1U);
  EXPECT_EQ(told.all()[0].what, "ldap: refused there");
  EXPECT_EQ(told.all()[0].since, kNow);
  EXPECT_TRUE(told.compare({kLdap}).empty());
}

TEST_F(ToldTroublesTest, WhatIsNoLineOfTheFileIsSkipped) {
  std::ofstream(file_) << "\n12\nx\ty\tz\n99999999999\tdisk\tz\n7\tdisk\tshort\n8\tcut";
  const ToldTroubles told(file_);
  ASSERT_EQ(told.all().size(), 1U);
  EXPECT_EQ(told.all()[0].key, "disk");
}

TEST_F(ToldTroublesTest, AFileThatCannotBeWrittenIsAnError) {
  ToldTroubles told(file_ / "not a folder");
  EXPECT_FALSE(told.note(told.compare({kDisk}), kNow));
  EXPECT_TRUE(told.compare({kDisk}).empty());
  ToldTroubles in_memory({});
  EXPECT_TRUE(in_memory.note(in_memory.compare({kDisk}), kNow));
}

}  // namespace
}  // namespace restante::server
