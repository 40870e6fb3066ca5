#include "server/certificate_watch.h"

#include <gtest/gtest.h>

namespace restante::server {
namespace {

using std::chrono::days;
using std::chrono::hours;

constexpr WallTime kEnd{days(20000)};

TEST(ExpiryWarnings, BeginFourteenDaysBeforeTheEndAndComeDaily) {
  ExpiryWarnings warnings;
  EXPECT_FALSE(warnings.due(kEnd, kEnd - days(14) - hours(1)));
  EXPECT_TRUE(warnings.due(kEnd, kEnd - days(14)));
  EXPECT_FALSE(warnings.due(kEnd, kEnd - days(14)));
  EXPECT_FALSE(warnings.due(kEnd, kEnd - days(13) - hours(1)));
  EXPECT_TRUE(warnings.due(kEnd, kEnd - days(13)));
  EXPECT_TRUE(warnings.due(kEnd, kEnd + days(1))) << "also when it has ended";
  EXPECT_FALSE(warnings.due(kEnd, kEnd + days(1) + hours(23)));
}

TEST(ExpiryWarnings, AnotherCertificateStartsAnew) {
  ExpiryWarnings warnings;
  EXPECT_TRUE(warnings.due(kEnd, kEnd - days(2)));
  EXPECT_FALSE(warnings.due(kEnd + days(90), kEnd - days(2)));
  EXPECT_TRUE(warnings.due(kEnd + days(3), kEnd - days(2)));
  EXPECT_TRUE(warnings.due(kEnd, kEnd - days(2)));
}

TEST(ExpiryWarnings, AClockSetBackSilencesNothing) {
  ExpiryWarnings warnings;
  EXPECT_TRUE(warnings.due(kEnd, kEnd - days(2)));
  EXPECT_TRUE(warnings.due(kEnd, kEnd - days(9)));
}

}  // namespace
}  // namespace restante::server
