#include "maildrop/log/drop/memory_share.h"

#include <gtest/gtest.h>

#include <optional>

namespace restante::maildrop::log {
namespace {

TEST(MemoryShareTest, TheSumFollowsEachShare) {
  std::atomic<std::uint64_t> all = 0;
  MemoryShare one(all);
  std::optional<MemoryShare> other(std::in_place, all);
  one.set(100);
  other->set(30);
  EXPECT_EQ(all, 130U);
  one.set(40);
  EXPECT_EQ(one.bytes(), 40U);
  EXPECT_EQ(all, 70U);
  other.reset();
  EXPECT_EQ(all, 40U) << "what is given up is not counted";
}

}  // namespace
}  // namespace restante::maildrop::log
