#include "migrate/formats/from_line.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

namespace restante::migrate {
namespace {

class FromLine : public testing::Test {
 protected:
  FromLine() {
    ::setenv("TZ", "UTC", 1);
    ::tzset();
  }
};

constexpr std::int64_t kNewYear = 1704067200;  // 2024-01-01T00:00:00Z.

/// As Dovecot 2.3.19 took them.
TEST_F(FromLine, TakesWhatDovecotTakes) {
  const std::pair<const char*, std::int64_t> cases[] = {
      {"From a@b Mon Jan  1 00:00:00 2024", kNewYear},
      {"From a@b Mon Jan  1 00:00 2024", kNewYear},
      {"From a@b Mon Jan 1 00:00:00 EST 2024", kNewYear},
      {"From a@b Mon Jan  1 00:00:00 2024 +0100", kNewYear - 3600},
      {"From a@b Mon, 1 Jan 2024 00:00:00 -0030", kNewYear + 1800},
      {"From a@b  Mon Jan  1 00:00:00 2024 remote from x", kNewYear},
      {"From a@b Xxx Jan  1 00:00:00 2024", kNewYear},
      {"From - Mon Jan 01 00:00:00 2024", kNewYear},
      {"From \"a b\"@c Mon Jan  1 00:00:00 2024", kNewYear},
      {"From a@b Mon Jan  1 00:00:00 2024 junk", kNewYear},
  };
  for (const auto& [line, seconds] : cases) EXPECT_EQ(parse_from_line(line), seconds) << line;
}

TEST_F(FromLine, TakesNoText) {
  for (const char* const line :
       {"", "From", "From ", "From a@b", "From not a separator", "From a@b 2024-01-01",
        "From Mon Jan  1 00:00:00 2024", "From a b@c Mon Jan  1 00:00:00 2024",
        "From a@b Mon Jan 1 0:00:00 2024", "From a@b Mon Foo 1 00:00:00 2024",
        "From a@b Mon Jan x 00:00:00 2024", "From a@b Mon Jan 1 00:00:00", "from a@b Mon Jan  1",
        ">From a@b Mon Jan  1 00:00:00 2024", "From \"a Mon Jan  1 00:00:00 2024"})
    EXPECT_FALSE(parse_from_line(line)) << line;
}

TEST_F(FromLine, StandsEveryCut) {
  const std::string line = "From \"a b\"@c Mon Jan  1 00:00:00 2024 +0100";
  for (std::size_t size = 0; size < line.size(); ++size)
    static_cast<void>(parse_from_line(std::string_view(line).substr(0, size)));
}

}  // namespace
}  // namespace restante::migrate
