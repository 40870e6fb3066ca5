#include "server/copies/copy_targets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace restante::server {
namespace {

using namespace std::chrono_literals;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

const std::string kFar = "lmtp:far.test:24";

class Targets : public ::testing::Test {
 protected:
  WallTime now_{100h};
  std::unique_ptr<CopyTargets> targets_ = *CopyTargets::load({});
};

TEST_F(Targets, OneThatFailsRestsLongerEachTime) {
  EXPECT_FALSE(targets_->rests_until(kFar, now_));
  EXPECT_EQ(targets_->failed(kFar, "refused", now_), now_ + 1min);
  EXPECT_EQ(targets_->failed(kFar, "refused", now_), now_ + 1min)
      << "another thread has seen the same failure";
  EXPECT_EQ(targets_->rests_until(kFar, now_ + 59s), now_ + 1min);
  EXPECT_FALSE(targets_->rests_until(kFar, now_ + 1min));
  EXPECT_EQ(targets_->failed(kFar, "refused", now_ + 1min), now_ + 3min);
  targets_->answered(kFar);
  EXPECT_FALSE(targets_->rests_until(kFar, now_ + 1min));
  EXPECT_EQ(targets_->failed(kFar, "refused", now_ + 1min), now_ + 2min);
}

TEST_F(Targets, AnOperatorMayAskForATry) {
  targets_->failed(kFar, "refused", now_);
  targets_->ask_again(kFar);
  EXPECT_FALSE(targets_->rests_until(kFar, now_));
  EXPECT_EQ(targets_->failed(kFar, "refused", now_), now_ + 2min);
  targets_->ask_again("never seen");
}

TEST_F(Targets, ARestartIsNoTrouble) {
  targets_->failed(kFar, "refused", now_);
  targets_->failed(kFar, "refused", now_ + 2min);
  EXPECT_THAT(targets_->down(), IsEmpty());
  targets_->failed(kFar, "timed out", now_ + 10min);
  EXPECT_THAT(targets_->down(), UnorderedElementsAre(std::pair(kFar, std::string("timed out"))));
  targets_->answered(kFar);
  EXPECT_THAT(targets_->down(), IsEmpty());
}

TEST_F(Targets, OnlyConfiguredServersAreFound) {
  copies::Settings settings;
  settings.targets = {*copies::parse_target(kFar), *copies::parse_target("smtp:relay.test")};
  targets_ = *CopyTargets::load(settings);
  ASSERT_NE(targets_->find(*copies::parse_target(kFar)), nullptr);
  EXPECT_EQ(targets_->find(*copies::parse_target(kFar))->place.to_string(), "far.test:24");
  EXPECT_NE(targets_->find(*copies::parse_target("smtp:relay.test:25")), nullptr);
  EXPECT_EQ(targets_->find(*copies::parse_target("lmtp:far.test:25")), nullptr);
  EXPECT_EQ(targets_->find(*copies::parse_target("smtp:far.test:24")), nullptr);
}

TEST_F(Targets, AFileOfAuthoritiesThatIsNotThereIsSaid) {
  copies::Settings settings;
  settings.targets = {*copies::parse_target(kFar)};
  settings.ca_file = "/does/not/exist.pem";
  const auto loaded = CopyTargets::load(settings);
  ASSERT_FALSE(loaded);
  EXPECT_THAT(loaded.error().message(), ::testing::HasSubstr("/does/not/exist.pem"));
}

}  // namespace
}  // namespace restante::server
