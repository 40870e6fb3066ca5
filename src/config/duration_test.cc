#include "config/duration.h"

#include <gmock/gmock.h>

namespace restante::config {
namespace {

using std::chrono::milliseconds;

TEST(Duration, TakesEachUnit) {
  const std::vector<std::pair<std::string, std::int64_t>> table = {
      {"0s", 0},        {"500ms", 500},      {"30s", 30'000},         {"10m", 600'000},
      {"1h", 3600'000}, {"7d", 604'800'000}, {"2w", 2 * 604'800'000},
  };
  for (const auto& [text, expected] : table) {
    const auto duration = parse_duration(text);
    ASSERT_TRUE(duration) << text;
    EXPECT_EQ(*duration, milliseconds(expected)) << text;
  }
}

TEST(Duration, RefusesEverythingElse) {
  for (const char* text : {"", "s", "10", "-1s", "+1s", "1.5h", "1 m", " 1m", "1m ", "1M", "1min",
                           "1h30m", "01s", "99999999999999999999s", "18446744073709551615w"}) {
    const auto duration = parse_duration(text);
    ASSERT_FALSE(duration) << text;
    EXPECT_EQ(duration.error().code, Errc::kSyntax) << text;
  }
}

TEST(Duration, TakesTheLongestThatFitsAndNoLonger) {
  EXPECT_TRUE(parse_duration("9223372036854775807ms"));
  EXPECT_FALSE(parse_duration("9223372036854775808ms"));
  EXPECT_TRUE(parse_duration("15250284452w"));
  EXPECT_FALSE(parse_duration("15250284453w"));
}

TEST(Duration, IsWrittenInTheLargestUnitThatDivides) {
  for (const char* text : {"0s", "1ms", "1500ms", "59s", "10m", "90m", "23h", "6d", "2w"}) {
    const auto duration = parse_duration(text);
    ASSERT_TRUE(duration) << text;
    EXPECT_EQ(to_string(*duration), text);
  }
  EXPECT_EQ(to_string(std::chrono::seconds(600)), "10m");
}

}  // namespace
}  // namespace restante::config
