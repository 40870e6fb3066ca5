#include "guard/budget.h"

#include <gtest/gtest.h>

namespace restante::guard {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Moment kStart{std::chrono::hours(1)};

TEST(Budget, IsThereAtOnceAndRefillsEvenly) {
  Budget budget;
  for (int i = 0; i < 60; ++i) EXPECT_TRUE(budget.take(kStart, 60)) << i;
  EXPECT_FALSE(budget.take(kStart, 60));
  EXPECT_FALSE(budget.take(kStart + milliseconds(999), 60));
  EXPECT_TRUE(budget.take(kStart + seconds(1), 60));
  EXPECT_FALSE(budget.take(kStart + seconds(1), 60));
  for (int i = 0; i < 60; ++i) EXPECT_TRUE(budget.take(kStart + minutes(10), 60)) << i;
  EXPECT_FALSE(budget.take(kStart + minutes(10), 60));
}

TEST(Budget, WhatIsRefusedCostsNothing) {
  Budget budget;
  EXPECT_TRUE(budget.take(kStart, 1));
  for (int i = 0; i < 1000; ++i) EXPECT_FALSE(budget.take(kStart + seconds(59), 1));
  EXPECT_TRUE(budget.take(kStart + seconds(60), 1));
}

TEST(Budget, ZeroIsNoLimit) {
  Budget budget;
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(budget.take(kStart, 0));
  EXPECT_EQ(budget.charge(kStart, 0, 1ULL << 60), Span::zero());
  EXPECT_EQ(budget.full_at(), Moment{});
}

TEST(Budget, SurvivesATimeThatGoesBack) {
  Budget budget;
  EXPECT_TRUE(budget.take(kStart + seconds(2), 2));
  EXPECT_FALSE(budget.take(kStart, 2));  // As if the two seconds had to be waited for, too.
  EXPECT_TRUE(budget.take(kStart + seconds(2), 2));
}

TEST(Budget, ChargingMakesWaitForWhatWasTakenTooMuch) {
  Budget budget;
  EXPECT_EQ(budget.charge(kStart, 6000, 6000), Span::zero());
  EXPECT_EQ(budget.charge(kStart, 6000, 100), seconds(1));
  EXPECT_EQ(budget.charge(kStart + seconds(1), 6000, 0), Span::zero());
  EXPECT_EQ(budget.charge(kStart, 6000, 1ULL << 63), std::chrono::hours(1) + seconds(1));
}

TEST(Faults, AreForgottenOneByOne) {
  Faults faults;
  EXPECT_EQ(faults.count(kStart), 0U);
  for (int i = 0; i < 3; ++i) faults.add(kStart);
  EXPECT_EQ(faults.count(kStart), 3U);
  EXPECT_EQ(faults.count(kStart + Faults::kForget - seconds(1)), 3U);
  EXPECT_EQ(faults.count(kStart + Faults::kForget), 2U);
  EXPECT_EQ(faults.count(kStart + 3 * Faults::kForget), 0U);
}

TEST(Faults, AreBounded) {
  Faults faults;
  for (int i = 0; i < 5000; ++i) faults.add(kStart);
  EXPECT_EQ(faults.count(kStart), 1000U);
  EXPECT_EQ(faults.count(kStart + 1000 * Faults::kForget), 0U);
}

}  // namespace
}  // namespace restante::guard
