#include "archive/message/message_date.h"

#include <gtest/gtest.h>

namespace restante::archive {
namespace {

constexpr std::int64_t kArrived = 1'795'323'600;  // 2026-11-22.
constexpr std::int64_t kDay = 86'400;

Headers headers(std::optional<std::int64_t> date, std::vector<std::int64_t> received = {}) {
  Headers made;
  made.date = date;
  made.received = std::move(received);
  return made;
}

TEST(MessageDate, TheSendersDateCounts) {
  EXPECT_EQ(message_date(headers(kArrived - 5, {kArrived}), kArrived), kArrived - 5);
  EXPECT_EQ(message_date(headers(0), kArrived), 0) << "1970 is a date";
  EXPECT_EQ(message_date(headers(-1'000'000), kArrived), -1'000'000);
}

TEST(MessageDate, WithoutACredibleOneTheNewestReceivedCounts) {
  EXPECT_EQ(message_date(headers({}, {kArrived - 7, kArrived - 9}), kArrived), kArrived - 7);
  EXPECT_EQ(message_date(headers(kArrived + 3 * kDay, {kArrived - 7}), kArrived), kArrived - 7);
  EXPECT_EQ(message_date(headers({}, {kArrived + 3 * kDay, 5, kArrived - 9}), kArrived),
            kArrived - 9)
      << "neither from the future nor from before mail";
}

TEST(MessageDate, AtLastItsArrivalCounts) {
  EXPECT_EQ(message_date(headers({}), kArrived), kArrived);
  EXPECT_EQ(message_date(headers(kArrived + 3 * kDay, {1}), kArrived), kArrived);
}

}  // namespace
}  // namespace restante::archive
