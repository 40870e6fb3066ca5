#include "restante/frame/local_time.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <optional>
#include <string>

namespace restante::cli {
namespace {

class LocalTimeTest : public testing::Test {
 protected:
  LocalTimeTest() {
    if (const char* const zone = std::getenv("TZ"); zone != nullptr) before_ = zone;
  }
  ~LocalTimeTest() override { before_ ? ::setenv("TZ", before_->c_str(), 1) : ::unsetenv("TZ"); }
  static void be_in(const char* zone) { ::setenv("TZ", zone, 1); }

  std::optional<std::string> before_;
};

constexpr std::int64_t kWinter = 1795323600;  // 2026-11-22 05:00:00 UTC.
constexpr std::int64_t kSummer = 1782018000;  // 2026-06-21 05:00:00 UTC.

TEST_F(LocalTimeTest, IsTheZones) {
  be_in("UTC");
  EXPECT_EQ(short_date(kWinter), "2026-11-22 05:00");
  EXPECT_EQ(long_date(kWinter), "Sun, 22 Nov 2026 05:00:00 +0000");
  be_in("CET-1CEST,M3.5.0,M10.5.0/3");
  EXPECT_EQ(short_date(kWinter), "2026-11-22 06:00");
  EXPECT_EQ(long_date(kSummer), "Sun, 21 Jun 2026 07:00:00 +0200");
  be_in("NST3:30");
  EXPECT_EQ(short_date(kWinter), "2026-11-22 01:30");
  EXPECT_EQ(long_date(kWinter), "Sun, 22 Nov 2026 01:30:00 -0330");
}

TEST_F(LocalTimeTest, AnyNumberIsATime) {
  be_in("UTC");
  EXPECT_EQ(short_date(0), "1970-01-01 00:00");
  EXPECT_EQ(short_date(-1), "1969-12-31 23:59");
  EXPECT_EQ(short_date(INT64_MAX), std::to_string(INT64_MAX));
  EXPECT_EQ(long_date(INT64_MIN), std::to_string(INT64_MIN));
}

}  // namespace
}  // namespace restante::cli
