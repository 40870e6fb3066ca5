#include "server/measures/storage.h"

#include <gtest/gtest.h>

namespace restante::server {
namespace {

std::string_view use(maildrop::Usage usage, maildrop::Quota quota) {
  return kQuotaUseNames[quota_use(usage, quota)];
}

TEST(Storage, SaysHowFullAMaildropIs) {
  EXPECT_EQ(use({5, 500}, {}), "no_quota");
  EXPECT_EQ(use({0, 0}, {10, 0}), "under_50");
  EXPECT_EQ(use({5, 0}, {10, 0}), "under_80");
  EXPECT_EQ(use({5, 94}, {10, 100}), "under_95") << "the fuller limit counts";
  EXPECT_EQ(use({0, 99}, {0, 100}), "under_100");
  EXPECT_EQ(use({0, 100}, {0, 100}), "full");
  EXPECT_EQ(use({0, 1000}, {0, 100}), "full");
}

TEST(Storage, AddsMaildropsUp) {
  StorageTotals totals;
  maildrop::Holding holding;
  totals.add("a@x.test", holding, {});
  EXPECT_EQ(totals.oldest, std::nullopt);
  holding.waiting = {2, 30};
  holding.live_bytes = 100;
  holding.dead_bytes = 20;
  holding.aside_bytes = 3;
  holding.oldest = WallTime(std::chrono::seconds(9));
  totals.add("a@x.test", holding, {2, 0});
  holding.oldest = WallTime(std::chrono::seconds(7));
  totals.add("a@x.test", holding, {2, 0});
  EXPECT_EQ(totals.maildrops, 3U);
  EXPECT_EQ(totals.messages, 4U);
  EXPECT_EQ(totals.octets, 60U);
  EXPECT_EQ(totals.live_bytes, 200U);
  EXPECT_EQ(totals.dead_bytes, 40U);
  EXPECT_EQ(totals.aside_bytes, 6U);
  EXPECT_EQ(totals.oldest, WallTime(std::chrono::seconds(7)));
  EXPECT_EQ(totals.quota_uses.front(), 1U);
  EXPECT_EQ(totals.quota_uses.back(), 2U);
}

TEST(Storage, KeepsTheLargestAndTheFullest) {
  StorageTotals totals;
  for (std::uint64_t i = 0; i < 3 * kShownMaildrops; ++i) {
    maildrop::Holding holding;
    holding.live_bytes = i * 7 % 30;  // In no order.
    holding.waiting = {holding.live_bytes, 0};
    totals.add(std::to_string(holding.live_bytes), holding, {i % 2 == 0 ? 40U : 0U, 0});
  }
  ASSERT_EQ(totals.largest.size(), kShownMaildrops);
  for (std::size_t i = 0; i < kShownMaildrops; ++i)
    EXPECT_EQ(totals.largest[i].account, std::to_string(29 - i));
  ASSERT_FALSE(totals.fullest.empty());
  for (std::size_t i = 0; i < totals.fullest.size(); ++i) {
    EXPECT_GE(totals.fullest[i].usage.messages, 20U) << "of 40";
    if (i > 0) EXPECT_LE(totals.fullest[i].usage.messages, totals.fullest[i - 1].usage.messages);
  }
}

}  // namespace
}  // namespace restante::server
