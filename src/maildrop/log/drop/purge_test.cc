// A maildrop that goes for good: beside others that know it, beside sessions, and with every call
// to the disk failing once.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "disk/memory.h"
#include "maildrop/log/format/file_names.h"
#include "maildrop/log/test_support.h"

namespace restante::maildrop::log {
namespace {

using disk::Fault;
using disk::PowerLoss;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class PurgeTest : public ::testing::Test {
 protected:
  std::vector<std::string> files() {
    const auto found = disk.list(log_paths("/data", kAccount).directory);
    return found ? *found : std::vector<std::string>();
  }

  disk::MemoryDisk disk;
  TestStore store{disk};
};

TEST_F(PurgeTest, LeavesNothing) {
  ASSERT_TRUE(store.deliver("one\r\n"));
  ASSERT_TRUE(store->close());
  store.reopen();
  ASSERT_TRUE(store.deliver("two\r\n"));
  ASSERT_FALSE(files().empty());
  EXPECT_TRUE(*store->purge(kAccount));
  EXPECT_THAT(files(), IsEmpty());
  EXPECT_FALSE(*store->purge(kAccount)) << "there is none";
  EXPECT_THAT(store.texts(), IsEmpty());
  EXPECT_THAT(*store->list(kAccount, View::kDefault), IsEmpty());
}

TEST_F(PurgeTest, AStoreThatKnowsItSeesAnEmptyOneAndLeavesNoIndex) {
  TestStore other(disk);
  ASSERT_TRUE(other.deliver("one\r\n"));
  ASSERT_EQ(other.texts().size(), 1U);
  ASSERT_TRUE(*store->purge(kAccount));
  ASSERT_TRUE(other->close());
  EXPECT_THAT(files(), IsEmpty()) << "no index of what was purged";
  other.reopen();
  ASSERT_TRUE(store.deliver("two\r\n"));
  EXPECT_THAT(other.texts(), ElementsAre("two\r\n"));
}

TEST_F(PurgeTest, AStoreThatHasItInMemoryDeliversIntoANewOne) {
  TestStore other(disk);
  ASSERT_TRUE(other.deliver("one\r\n"));
  ASSERT_TRUE(*store->purge(kAccount));
  ASSERT_TRUE(other.deliver("two\r\n"));
  EXPECT_THAT(other.texts(), ElementsAre("two\r\n"));
  EXPECT_THAT(store.texts(), ElementsAre("two\r\n"));
}

TEST_F(PurgeTest, WaitsForNoSession) {
  ASSERT_TRUE(store.deliver("one\r\n"));
  {
    const auto session = store.open();
    ASSERT_TRUE(session);
    EXPECT_EQ(store->purge(kAccount).error().code, Errc::kBusy);
    TestStore other(disk);
    EXPECT_EQ(other->purge(kAccount).error().code, Errc::kBusy);
  }
  EXPECT_THAT(store.texts(), ElementsAre("one\r\n"));
  EXPECT_TRUE(*store->purge(kAccount));
}

class PurgeFaultTest : public ::testing::TestWithParam<std::tuple<Fault, PowerLoss>> {};

TEST_P(PurgeFaultTest, EveryCallMayFail) {
  const auto [fault, loss] = GetParam();
  for (std::uint64_t point = 0;; ++point) {
    disk::MemoryDisk disk;
    TestStore store(disk);
    ASSERT_TRUE(store.deliver("one\r\n"));
    ASSERT_TRUE(store->close());
    store.reopen();
    const std::string where = "call " + std::to_string(point);
    disk.fail_at(point, fault);
    const auto purged = store->purge(kAccount);
    const bool all_done = !disk.fault_reached();
    disk.lose_power(loss);
    store.reopen();
    const auto texts = store.texts();
    if (purged) {
      ASSERT_THAT(texts, IsEmpty()) << where;
    } else {
      ASSERT_LE(texts.size(), 1U) << where;
      if (texts.size() == 1) {
        ASSERT_EQ(texts[0], "one\r\n") << where;
      }
      ASSERT_TRUE(store->purge(kAccount)) << where;
      ASSERT_THAT(store.texts(), IsEmpty()) << where;
    }
    if (all_done) return;
  }
}

INSTANTIATE_TEST_SUITE_P(All, PurgeFaultTest,
                         ::testing::Combine(::testing::Values(Fault::kEio, Fault::kFull,
                                                              Fault::kShortWrite, Fault::kDeath),
                                            ::testing::Values(PowerLoss::kDropUnsynced,
                                                              PowerLoss::kKeepAll,
                                                              PowerLoss::kTorn)));

}  // namespace
}  // namespace restante::maildrop::log
