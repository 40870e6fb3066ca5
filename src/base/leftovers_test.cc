#include "base/leftovers.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <string_view>

namespace restante {
namespace {

TEST(WipingRealloc, KeepsWhatWasThere) {
  EXPECT_EQ(wiping_realloc(std::malloc(5), 0), nullptr);
  auto* text = static_cast<char*>(wiping_realloc(nullptr, 8));
  ASSERT_NE(text, nullptr);
  std::memcpy(text, "secret!", 8);
  for (const std::size_t bytes : {9U, 100U, 100000U, 99999U, 50U, 8U}) {
    text = static_cast<char*>(wiping_realloc(text, bytes));
    ASSERT_NE(text, nullptr);
    text[bytes - 1] = '\0';
    EXPECT_EQ(std::string_view(text, 7), "secret!") << bytes;
  }
  wiping_free(text);
  wiping_free(nullptr);
}

TEST(WipeStack, CanBeCalledDeepInside) {
  const auto deep = [](auto& self, int levels) -> int {
    wipe_stack();
    wipe_shallow_stack();
    return levels == 0 ? 0 : 1 + self(self, levels - 1);
  };
  EXPECT_EQ(deep(deep, 10), 10);
}

}  // namespace
}  // namespace restante
