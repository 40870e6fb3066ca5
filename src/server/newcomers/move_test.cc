#include "server/newcomers/move.h"

#include <gtest/gtest.h>

namespace restante::server {
namespace {

using migrate::Act;

std::unique_ptr<migrate::Passage> moving(migrate::Crossings& crossings) {
  auto passage = std::make_unique<migrate::Passage>(crossings, "alice@example.test",
                                                    migrate::Standing{true, true, true, false});
  EXPECT_EQ(passage->begin(), Act::kMove);
  return passage;
}

TEST(Move, TellsTheLoginThatWaits) {
  migrate::Crossings crossings({1, 1});
  Move move({"alice@example.test", "alice@example.test"}, moving(crossings));
  EXPECT_EQ(move.moved(true), Act::kTurnRoute);
  EXPECT_FALSE(move.ended());
  EXPECT_EQ(move.route_turned(true), Act::kMoveRest);
  EXPECT_EQ(move.moved(true), Act::kLogIn);
  EXPECT_EQ(move.ended(), Act::kLogIn);
  // It has come to its end just before the login's time was up.
  EXPECT_EQ(move.leave(), Act::kLogIn);
}

TEST(Move, GoesOnWithoutTheLogin) {
  migrate::Crossings crossings({1, 1});
  Move move({"alice@example.test", "alice@example.test"}, moving(crossings));
  EXPECT_EQ(move.leave(), Act::kBeingMoved);
  EXPECT_FALSE(move.ended());
  EXPECT_EQ(move.moved(true), Act::kTurnRoute);
  EXPECT_EQ(move.route_turned(true), Act::kMoveRest);
  EXPECT_EQ(move.moved(true), Act::kBeingMoved);
  EXPECT_EQ(crossings.begin_move("bob@example.test"), migrate::Crossings::Place::kTaken);
}

TEST(Move, EndsWhereAStepFails) {
  migrate::Crossings crossings({1, 1});
  Move move({"alice@example.test", "alice@example.test"}, moving(crossings));
  EXPECT_EQ(move.moved(false), Act::kBeingMoved);
  EXPECT_EQ(move.ended(), Act::kBeingMoved);
}

}  // namespace
}  // namespace restante::server
