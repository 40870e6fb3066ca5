#include "server/start/descriptors.h"

#include <gtest/gtest.h>

namespace restante::server {
namespace {

TEST(Descriptors, AreSharedOutSoThatNothingRunsDry) {
  const DescriptorPlan wanted{10000, 4096, 100};
  EXPECT_EQ(plan_descriptors(1U << 20, wanted), wanted);
  EXPECT_EQ(plan_descriptors(descriptors_for(wanted), wanted), wanted);
  for (std::uint64_t allowed = 8; allowed < 30000; allowed += 7) {
    const DescriptorPlan plan = plan_descriptors(allowed, wanted);
    EXPECT_GE(plan.connections, 1U) << allowed;
    EXPECT_LE(plan.connections, wanted.connections);
    EXPECT_LE(plan.idle_maildrops + 2 * (plan.connections + plan.intake_connections), allowed)
        << allowed;
    if (allowed >= 64) {
      EXPECT_GE(plan.intake_connections, 1U) << "mail has its own, however few";
    }
    if (allowed >= 1024) {
      EXPECT_LE(descriptors_for(plan), allowed);
    }
  }
}

TEST(Descriptors, AFewStillServe) {
  EXPECT_EQ(plan_descriptors(1024, DescriptorPlan{10000, 4096, 0}), (DescriptorPlan{192, 128, 0}));
  EXPECT_EQ(plan_descriptors(1024, DescriptorPlan{10000, 4096, 100}),
            (DescriptorPlan{144, 128, 48}));
  EXPECT_EQ(plan_descriptors(1024, DescriptorPlan{100, 4096, 0}), (DescriptorPlan{100, 128, 0}));
  EXPECT_EQ(plan_descriptors(1024, DescriptorPlan{100, 0, 0}), (DescriptorPlan{100, 0, 0}));
}

TEST(Descriptors, TheLimitIsRaisedToWhatIsAllowed) {
  const std::uint64_t allowed = raise_descriptor_limit();
  EXPECT_GT(allowed, 0U);
  EXPECT_EQ(raise_descriptor_limit(), allowed);
}

}  // namespace
}  // namespace restante::server
