#include "fetch/window.h"

#include <gtest/gtest.h>

namespace restante::fetch {
namespace {

std::uint32_t fill(Window& window, std::uint64_t octets) {
  while (window.admits(octets)) window.asked(octets);
  return window.under_way();
}

TEST(Window, GrowsWithEachArrivalUpToTheMost) {
  Window window(6);
  EXPECT_EQ(fill(window, 100), 4U);
  window.arrived(100);
  EXPECT_EQ(fill(window, 100), 5U);
  for (int i = 0; i < 10; ++i) {
    window.arrived(100);
    fill(window, 100);
  }
  EXPECT_EQ(window.under_way(), 6U);
}

TEST(Window, LargeMessagesComeOneByOne) {
  Window window(32);
  EXPECT_EQ(fill(window, Window::kOctetsMax + 1), 1U);
  window.arrived(Window::kOctetsMax + 1);
  EXPECT_EQ(fill(window, Window::kOctetsMax / 2), 2U);
}

TEST(Window, OneIsAlwaysAdmitted) {
  Window window(0);
  EXPECT_EQ(fill(window, 1), 1U);
  Window of_one(1);
  EXPECT_EQ(fill(of_one, 1ULL << 40), 1U);
}

TEST(Window, AnUnknownSizeCountsAsAMessage) {
  Window window(2);
  window.asked(std::nullopt);
  EXPECT_TRUE(window.admits(std::nullopt));
  window.asked(std::nullopt);
  EXPECT_FALSE(window.admits(std::nullopt));
}

}  // namespace
}  // namespace restante::fetch
