#include "base/page_array.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <cstdint>
#include <vector>

namespace restante {
namespace {

bool is_mapped(void* pages) {
  unsigned char there = 0;
  return ::mincore(pages, 1, &there) == 0 || errno != ENOMEM;
}

TEST(PageArray, LargeOnesGoBackToTheSystemAtOnce) {
  constexpr std::size_t kCount = 4 * kPageArrayBytesMin / sizeof(std::uint64_t);
  auto* const array = allocate_array<std::uint64_t>(kCount);
  EXPECT_EQ(array[0], 0U);
  array[kCount - 1] = 7;
  EXPECT_TRUE(is_mapped(array));
  release_array(array, kCount);
  EXPECT_FALSE(is_mapped(array));
}

TEST(PageArray, SmallOnesAndNone) {
  auto* const array = allocate_array<std::uint64_t>(4);
  for (std::size_t i = 0; i < 4; ++i) array[i] = i;
  EXPECT_EQ(array[3], 3U);
  release_array(array, 4);
  release_array<std::uint64_t>(nullptr, 1U << 20);
}

}  // namespace
}  // namespace restante
