#include "archive/message/header_value.h"

#include <gtest/gtest.h>

namespace restante::archive {
namespace {

TEST(HeaderValue, TextIsDecoded) {
  EXPECT_EQ(decoded_value("=?utf-8?q?Gr=C3=BC=C3=9Fe?= from me"),
            "Gr\xC3\xBC\xC3\x9F"
            "e from me");
  EXPECT_EQ(decoded_value("plain\n folded"), "plain folded");
  EXPECT_EQ(decoded_value(""), "");
}

TEST(HeaderValue, DatesAreSeconds) {
  EXPECT_EQ(date_value("Thu, 01 Jan 1970 01:00:10 +0100"), 10);
  EXPECT_EQ(date_value("from a by b; Thu, 01 Jan 1970 00:00:10 +0000"), 10);
  EXPECT_EQ(date_value("yesterday"), std::nullopt);
  EXPECT_EQ(date_value(""), std::nullopt);
}

}  // namespace
}  // namespace restante::archive
