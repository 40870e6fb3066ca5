#include "fetch/plan/known.h"

#include <gtest/gtest.h>

namespace restante::fetch {
namespace {

TEST(Known, StatesHaveTheNumbersThatDatabasesHave) {
  constexpr std::string_view kNames[] = {"seen",     "stored",  "delete-sent", "gone",
                                         "vanished", "skipped", "failed",      "elsewhere"};
  for (std::int64_t number = 0; number < 8; ++number) {
    const std::optional<UidState> state = uid_state_of(number);
    ASSERT_TRUE(state) << number;
    EXPECT_EQ(to_string(*state), kNames[number]);
  }
  EXPECT_EQ(uid_state_of(8), std::nullopt);
  EXPECT_EQ(uid_state_of(-1), std::nullopt);
}

}  // namespace
}  // namespace restante::fetch
