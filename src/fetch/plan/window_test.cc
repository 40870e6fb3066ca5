#include "fetch/plan/window.h"

#include <gtest/gtest.h>

namespace restante::fetch {
namespace {

/// Asks for messages whose sizes begin at `octets`, each one octet longer.
std::uint32_t fill(Window& window, std::uint64_t octets) {
  while (window.admits(octets, false)) window.asked(octets++);
  return window.under_way();
}

TEST(Window, GrowsWithEachArrivalUpToTheMost) {
  Window window(6);
  EXPECT_EQ(fill(window, 100), 4U);
  window.arrived(100);
  EXPECT_EQ(fill(window, 200), 5U);
  std::uint64_t here = 101;
  for (std::uint64_t next = 300; next < 400; next += 10) {
    window.arrived(here++);
    if (here == 104) here = 200;
    if (here == 202) here = 300;
    fill(window, next);
  }
  EXPECT_EQ(window.under_way(), 6U);
}

TEST(Window, NoTwoOfOneSizeAreUnderWay) {
  Window window(10);
  window.asked(100);
  EXPECT_FALSE(window.admits(100, false));
  EXPECT_TRUE(window.admits(101, false));
  window.arrived(100);
  EXPECT_TRUE(window.admits(100, false));
}

TEST(Window, TwinsAreCounted) {
  Window window(10);
  window.asked(100);
  EXPECT_TRUE(window.admits(100, true));
  window.asked(100);
  window.arrived(100);
  EXPECT_TRUE(window.has(100));
  window.arrived(100);
  EXPECT_FALSE(window.has(100));
  EXPECT_FALSE(window.has(std::nullopt));
}

TEST(Window, LargeMessagesComeOneByOne) {
  Window window(32);
  EXPECT_EQ(fill(window, Window::kOctetsMax + 1), 1U);
  window.arrived(Window::kOctetsMax + 1);
  EXPECT_EQ(fill(window, Window::kOctetsMax / 2 - 1), 2U);
}

TEST(Window, OneIsAlwaysAdmitted) {
  Window window(0);
  EXPECT_EQ(fill(window, 1), 1U);
  Window of_one(1);
  EXPECT_EQ(fill(of_one, 1ULL << 40), 1U);
}

TEST(Window, AnUnknownSizeIsAlone) {
  Window window(2);
  window.asked(std::nullopt);
  EXPECT_FALSE(window.admits(100, false));
  window.arrived(std::nullopt);
  window.asked(100);
  EXPECT_FALSE(window.admits(std::nullopt, false));
}

}  // namespace
}  // namespace restante::fetch
