#include "archive/exchange/from_line.h"

#include <gtest/gtest.h>

#include <string>

namespace restante::archive {
namespace {

constexpr std::int64_t kTuesday = 1709632800;  // 2024-03-05 10:00:00 UTC.

TEST(FromLine, EveryProgramsDate) {
  const std::pair<std::string, std::int64_t> cases[] = {
      {"From a@example.org Tue Mar  5 10:00:00 2024", kTuesday},
      {"From a@example.org  Tue Mar 5 10:00:00 2024\r", kTuesday},
      {"From - Tue Mar 05 10:00:00 2024", kTuesday},
      {"From  Tue Mar  5 10:00:00 2024", kTuesday},
      {"From MAILER-DAEMON Tue Mar  5 10:00 2024", kTuesday},
      {"From a b c Tue Mar  5 10:00:00 2024", kTuesday},
      {"From a@example.org Tue Mar  5 10:00:00 +0000 2024", kTuesday},
      {"From a@example.org Tue Mar  5 12:00:00 2024 +0200", kTuesday},
      {"From a@example.org Tue Mar  5 10:00:00 MET DST 2024", kTuesday},
      {"From a@example.org Tue Mar  5 10:00:00 UTC 2024", kTuesday},
      {"From a@example.org Tue Mar  5 10:00:00 24", kTuesday},
      {"From a@example.org Tue Mar  5 10:00:00 2024 remote from host", kTuesday},
      {"From a@example.org Tue, 5 Mar 2024 10:00:00 +0000", kTuesday},
      {"From a@example.org tue mar 5 10:00:00 2024", kTuesday},
      {"From a@example.org Mar  5 10:00:00 2024", kTuesday},
  };
  for (const auto& [line, seconds] : cases) {
    const auto parsed = parse_from_line(line);
    ASSERT_TRUE(parsed) << line;
    EXPECT_EQ(parsed->seconds, seconds) << line;
  }
}

TEST(FromLine, TextIsNone) {
  for (const char* const line :
       {"From what I know.", "From: a@example.org", "from a Tue Mar  5 10:00:00 2024", "From ",
        "From Monday on we meet at 10:00", "From the minutes of Tue Mar 5 10:00:00 2024 on we go",
        "From Tue Mar 5 2024", "From a@example.org Tue Mar  5 25:00:00 2024",
        "From now until Mar 5 10:00 2024 nobody", ">From a Tue Mar  5 10:00:00 2024"})
    EXPECT_FALSE(parse_from_line(line)) << line;
  EXPECT_FALSE(parse_from_line("From " + std::string(5000, 'x') + " Tue Mar  5 10:00:00 2024"));
}

TEST(FromLine, AnImpossibleDateIsALineAllTheSame) {
  const auto parsed = parse_from_line("From x Tue Feb 31 10:00:00 2024");
  ASSERT_TRUE(parsed);
  EXPECT_FALSE(parsed->seconds);
}

}  // namespace
}  // namespace restante::archive
