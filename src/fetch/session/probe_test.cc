#include "fetch/session/probe.h"

#include <gtest/gtest.h>

namespace restante::fetch {
namespace {

TEST(FindSha256, TakesExactlySixtyFourDigits) {
  const std::string digits = std::string(32, 'A') + std::string(32, '0');
  const std::string folded = std::string(32, 'a') + std::string(32, '0');
  EXPECT_EQ(find_sha256("pins = [\"" + digits + "\"]"), folded);
  EXPECT_EQ(find_sha256(digits), folded);
  EXPECT_EQ(find_sha256(digits + "0"), "");
  EXPECT_EQ(find_sha256(digits.substr(1)), "");
  EXPECT_EQ(find_sha256(""), "");
}

}  // namespace
}  // namespace restante::fetch
