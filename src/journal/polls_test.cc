#include "journal/polls.h"

#include <gtest/gtest.h>

namespace restante::journal {
namespace {

using namespace std::chrono_literals;

TEST(Polls, AreOneLineAnAccountAndHourThatCountsTheOthers) {
  Polls polls;
  const WallTime begin(1000h);
  EXPECT_EQ(polls.add("a", begin), 1U);
  EXPECT_EQ(polls.add("b", begin), 1U);
  EXPECT_EQ(polls.add("a", begin + 10min), std::nullopt);
  EXPECT_EQ(polls.add("a", begin + 59min), std::nullopt);
  EXPECT_EQ(polls.add("a", begin + 60min), 3U);
  EXPECT_EQ(polls.add("b", begin + 5h), 1U);
}

TEST(Polls, ForgetWhoStaysAway) {
  Polls polls;
  const WallTime begin(1000h);
  for (int i = 0; i < 1000; ++i) polls.add(std::to_string(i), begin);
  polls.add("a", begin + 2h);
  EXPECT_EQ(polls.accounts(), 1U);
}

}  // namespace
}  // namespace restante::journal
