#include "server/common/disk_room.h"

#include <gtest/gtest.h>

namespace restante::server {
namespace {

constexpr std::uint64_t kMore = std::uint64_t{1} << 62;  // Than any disk has.

TEST(DiskRoom, IsWhatTheReserveLeaves) {
  const auto folder = std::filesystem::temp_directory_path();
  EXPECT_TRUE(check_room(folder, 0, 1));
  EXPECT_EQ(check_room(folder, kMore, 0).error().code, Errc::kFull);
  EXPECT_EQ(check_room(folder, 0, kMore).error().code, Errc::kFull);
  EXPECT_EQ(check_room(folder, 1, ~std::uint64_t{0}).error().code, Errc::kFull);
}

TEST(DiskRoom, WhatCannotBeFoundOutIsRoom) { EXPECT_TRUE(check_room("/no/such/folder", kMore, 1)); }

}  // namespace
}  // namespace restante::server
