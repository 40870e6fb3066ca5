#include "config/nearest.h"

#include <gmock/gmock.h>

namespace restante::config {
namespace {

const std::vector<std::string> kNames = {"path", "backend", "idle_timeout", "login_timeout"};

TEST(Nearest, FindsWhatOneSlipOfTheFingerMeant) {
  EXPECT_EQ(nearest("backedn", kNames), "backend");            // Swapped.
  EXPECT_EQ(nearest("backen", kNames), "backend");             // Left out.
  EXPECT_EQ(nearest("backendd", kNames), "backend");           // Added.
  EXPECT_EQ(nearest("idle-timeout", kNames), "idle_timeout");  // Changed.
  EXPECT_EQ(nearest("ptah", kNames), "path");
}

TEST(Nearest, TakesTheNearerOfTwo) {
  EXPECT_EQ(nearest("login_timeut", kNames), "login_timeout");
  EXPECT_EQ(nearest("idle_timeut", kNames), "idle_timeout");
}

TEST(Nearest, SaysNothingWhenNothingIsNear) {
  EXPECT_EQ(nearest("colour", kNames), "");
  EXPECT_EQ(nearest("", kNames), "");
  EXPECT_EQ(nearest("xxth", kNames), "");
  EXPECT_EQ(nearest("bcxcend", kNames), "");  // Three steps; two letters apart is no swap.
  EXPECT_EQ(nearest("back", {}), "");
  EXPECT_EQ(nearest(std::string(100'000, 'p'), kNames), "");
}

}  // namespace
}  // namespace restante::config
