#include "config/size.h"

#include <gmock/gmock.h>

namespace restante::config {
namespace {

TEST(Size, TakesEachUnit) {
  const std::vector<std::pair<std::string, std::uint64_t>> table = {
      {"0", 0},
      {"4096", 4096},
      {"512B", 512},
      {"1kB", 1000},
      {"1KiB", 1024},
      {"2MB", 2'000'000},
      {"64MiB", 64 << 20},
      {"1GB", 1'000'000'000},
      {"4GiB", 1LL << 32},
      {"1TB", 1'000'000'000'000},
      {"1TiB", 1LL << 40},
  };
  for (const auto& [text, expected] : table) {
    const auto octets = parse_size(text);
    ASSERT_TRUE(octets) << text;
    EXPECT_EQ(*octets, expected) << text;
  }
}

TEST(Size, RefusesEverythingElse) {
  for (const char* text : {"", "MiB", "-1", "+1", "1.5MiB", "1 MiB", "1mib", "1K", "1M", "064",
                           "0x10", "1MiBs", "99999999999999999999"}) {
    const auto octets = parse_size(text);
    ASSERT_FALSE(octets) << text;
    EXPECT_EQ(octets.error().code, Errc::kSyntax) << text;
  }
}

TEST(Size, TakesTheLargestThatFitsAndNoLarger) {
  EXPECT_TRUE(parse_size("9223372036854775807"));
  EXPECT_FALSE(parse_size("9223372036854775808"));
  EXPECT_TRUE(parse_size("8388607TiB"));
  EXPECT_FALSE(parse_size("8388608TiB"));
}

TEST(Size, IsWrittenInTheLargestBinaryUnitThatDivides) {
  EXPECT_EQ(format_size(0), "0B");
  EXPECT_EQ(format_size(1500), "1500B");
  EXPECT_EQ(format_size(64ULL << 20), "64MiB");
  EXPECT_EQ(format_size(1536), "1536B");
  EXPECT_EQ(format_size(3ULL << 40), "3TiB");
}

TEST(Size, IsWrittenForPeopleInThreeDigitsAtMost) {
  EXPECT_EQ(human_bytes(0), "0 B");
  EXPECT_EQ(human_bytes(999), "999 B");
  EXPECT_EQ(human_bytes(1000), "1.0 KiB");
  EXPECT_EQ(human_bytes(1536), "1.5 KiB");
  EXPECT_EQ(human_bytes(2048), "2.0 KiB");
  EXPECT_EQ(human_bytes(10.2 * 1024), "10 KiB");
  EXPECT_EQ(human_bytes(999.4 * 1024), "999 KiB");
  EXPECT_EQ(human_bytes(999.6 * 1024), "1.0 MiB");
  EXPECT_EQ(human_bytes(3.4 * 1024 * 1024 * 1024), "3.4 GiB");
}

}  // namespace
}  // namespace restante::config
