#include "migrate/formats/arrival.h"

#include <gtest/gtest.h>

namespace restante::migrate {
namespace {

constexpr std::int64_t kNewYear = 1704067200;  // 2024-01-01T00:00:00Z.

TEST(Arrival, IsThatOfTheTopmostReceived) {
  EXPECT_EQ(find_arrival("Return-Path: <x>\r\nReceived: from a; b\r\n\tid 1; Mon, 1 Jan 2024\r\n"
                         " 00:00:00 +0000\r\nReceived: x; Tue, 2 Jan 2024 00:00:00 +0000\r\n\r\n"),
            kNewYear);
}

TEST(Arrival, IsTheDateWithoutReceived) {
  EXPECT_EQ(find_arrival("Date: Mon, 1 Jan 2024 00:00:00 +0000\n\n"), kNewYear);
  EXPECT_EQ(find_arrival("Received: nonsense\nDate: Mon, 1 Jan 2024 00:00:00 +0000\n\n"), kNewYear);
  EXPECT_FALSE(find_arrival("Subject: x\n\nDate: Mon, 1 Jan 2024 00:00:00 +0000\n"));
  EXPECT_FALSE(find_arrival(""));
}

}  // namespace
}  // namespace restante::migrate
