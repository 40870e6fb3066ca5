#include "migrate/on_login/passage.h"

#include <gtest/gtest.h>

#include <vector>

namespace restante::migrate {
namespace {

constexpr const char* kName = "alice@example.test";
constexpr Standing kStranger{true, false, false, false};
constexpr Standing kComing{true, true, true, false};

class PassageTest : public ::testing::Test {
 protected:
  /// As far as the old server's word.
  Act ask(Passage& passage, OldVerdict verdict) {
    EXPECT_EQ(passage.begin(), Act::kAskOld);
    return passage.old_says(verdict);
  }
  /// As far as the move.
  void come(Passage& passage) {
    EXPECT_EQ(ask(passage, OldVerdict::kRight), Act::kMakeAccount);
    EXPECT_EQ(passage.account_made(Passage::Made::kNow), Act::kMove);
  }

  Crossings crossings{{2, 1}};
};

TEST_F(PassageTest, BringsAUserOver) {
  Passage passage(crossings, kName, kStranger);
  come(passage);
  EXPECT_EQ(passage.moved(true), Act::kTurnRoute);
  EXPECT_EQ(passage.route_turned(true), Act::kMoveRest);
  EXPECT_EQ(passage.moved(true), Act::kLogIn);
}

/// All combinations: the old server is asked only for strangers of listed domains.
TEST_F(PassageTest, AsksForStrangersOfListedDomainsAlone) {
  for (unsigned bits = 0; bits < 8; ++bits) {
    const Standing standing{(bits & 1U) != 0, (bits & 2U) != 0, false, (bits & 4U) != 0};
    Passage passage(crossings, kName, standing);
    EXPECT_EQ(passage.begin(), bits == 1 ? Act::kAskOld : Act::kLogIn) << bits;
  }
}

TEST_F(PassageTest, MakesNothingWithoutARightPassword) {
  Passage wrong(crossings, kName, kStranger);
  EXPECT_EQ(ask(wrong, OldVerdict::kWrong), Act::kFail);
  Passage silent(crossings, kName, kStranger);
  EXPECT_EQ(ask(silent, OldVerdict::kNoAnswer), Act::kTryAgain);
}

TEST_F(PassageTest, FailsWhereTheAccountCannotBe) {
  const std::vector<std::pair<Passage::Made, Act>> cases = {
      {Passage::Made::kRefused, Act::kFail}, {Passage::Made::kFailed, Act::kTryAgain}};
  for (const auto& [made, act] : cases) {
    Passage passage(crossings, kName, kStranger);
    ask(passage, OldVerdict::kRight);
    EXPECT_EQ(passage.account_made(made), act);
  }
}

TEST_F(PassageTest, AsksOnceForANameAndForFewAtATime) {
  Passage first(crossings, kName, kStranger);
  EXPECT_EQ(first.begin(), Act::kAskOld);
  Passage same(crossings, kName, kStranger);
  EXPECT_EQ(same.begin(), Act::kTryAgain);
  Passage second(crossings, "bob@example.test", kStranger);
  EXPECT_EQ(second.begin(), Act::kAskOld);
  Passage third(crossings, "carol@example.test", kStranger);
  EXPECT_EQ(third.begin(), Act::kTryAgain);
  EXPECT_EQ(first.old_says(OldVerdict::kWrong), Act::kFail);
  Passage later(crossings, "carol@example.test", kStranger);
  EXPECT_EQ(later.begin(), Act::kAskOld);
}

/// A session that goes away in the middle of a question leaves no place taken.
TEST_F(PassageTest, GivesPlacesBack) {
  for (int round = 0; round < 5; ++round) {
    Passage asking(crossings, kName, kStranger);
    EXPECT_EQ(asking.begin(), Act::kAskOld);
  }
  for (int round = 0; round < 5; ++round) {
    Passage moving(crossings, kName, kStranger);
    come(moving);
  }
}

TEST_F(PassageTest, MovesANameOnce) {
  Passage first(crossings, kName, kStranger);
  come(first);
  Passage second(crossings, kName, kComing);
  EXPECT_EQ(second.begin(), Act::kBeingMoved);
  // And no more names at a time than may be.
  Passage other(crossings, "bob@example.test", kStranger);
  ask(other, OldVerdict::kRight);
  EXPECT_EQ(other.account_made(Passage::Made::kNow), Act::kBeingMoved);
  EXPECT_EQ(first.moved(false), Act::kBeingMoved);
  // A later login goes on with what is left, and the password is not asked for again.
  Passage again(crossings, kName, kComing);
  EXPECT_EQ(again.begin(), Act::kMove);
}

TEST_F(PassageTest, GoesOnWithoutASessionThatHasWaitedEnough) {
  Passage passage(crossings, kName, kStranger);
  come(passage);
  EXPECT_EQ(passage.time_is_up(), Act::kBeingMoved);
  EXPECT_EQ(passage.moved(true), Act::kTurnRoute);
  Passage meanwhile(crossings, kName, kComing);
  EXPECT_EQ(meanwhile.begin(), Act::kBeingMoved);
  EXPECT_EQ(passage.route_turned(true), Act::kMoveRest);
  EXPECT_EQ(passage.moved(true), Act::kBeingMoved);  // No client is there to be logged in.
  Passage later(crossings, kName, {true, true, false, false});
  EXPECT_EQ(later.begin(), Act::kLogIn);
}

TEST_F(PassageTest, LogsNobodyInBeforeAllIsHere) {
  Passage unturned(crossings, kName, kStranger);
  come(unturned);
  unturned.moved(true);
  EXPECT_EQ(unturned.route_turned(false), Act::kBeingMoved);
  Passage rest(crossings, kName, kComing);
  EXPECT_EQ(rest.begin(), Act::kMove);
  rest.moved(true);
  rest.route_turned(true);
  EXPECT_EQ(rest.moved(false), Act::kBeingMoved);
}

}  // namespace
}  // namespace restante::migrate
