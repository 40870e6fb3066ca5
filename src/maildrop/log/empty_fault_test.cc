// An emptied maildrop on a disk without room is given back in its place: each call to the disk
// fails once, in every way, with every kind of power loss behind it. Later mail is there, no number
// and no unique id is given twice, and nothing that was deleted comes back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "disk/memory.h"
#include "maildrop/log/format/file_names.h"
#include "maildrop/log/test_support.h"

namespace restante::maildrop::log {
namespace {

using disk::Fault;
using disk::PowerLoss;
using std::chrono::hours;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// No new file finds room, until a log was cut, or ever.
class CrampedDisk final : public disk::Disk {
 public:
  explicit CrampedDisk(disk::MemoryDisk& disk) : disk_(disk) {}

  Result<std::unique_ptr<disk::File>> open(const std::string& path, disk::OpenMode mode) override {
    const bool is_new = mode == disk::OpenMode::kReplace;
    if (is_new && is_full) return Error(Errc::kFull, "no room: " + path);
    return disk_.open(path, mode);
  }
  Status rename(const std::string& from, const std::string& to) override {
    return disk_.rename(from, to);
  }
  Status link(const std::string& from, const std::string& to) override {
    return disk_.link(from, to);
  }
  Status remove(const std::string& path) override {
    if (path.ends_with(".idx") && has_room_when_cut) is_full = false;  // Behind the cut.
    return disk_.remove(path);
  }
  Status create_directory(const std::string& path) override { return disk_.create_directory(path); }
  Status sync_directory(const std::string& path) override { return disk_.sync_directory(path); }
  Result<std::vector<std::string>> list(const std::string& path) override {
    return disk_.list(path);
  }

  bool is_full = false;
  bool has_room_when_cut = true;

 private:
  disk::MemoryDisk& disk_;
};

struct World {
  disk::MemoryDisk memory;
  CrampedDisk disk{memory};
  TestStore store{disk};
  std::set<std::string> uids;

  explicit World(bool has_room_when_cut) {
    for (int i = 0; i < 8; ++i) deliver(store, std::string(12'000, 'o') + "\r\n");
    std::vector<MessageNumber> all;
    for (std::uint32_t i = 1; i <= 8; ++i) all.push_back(MessageNumber{i});
    EXPECT_TRUE((*store.open())->commit(end_deleting(all)));
    store.clock_.advance(hours(3));
    disk.is_full = true;
    disk.has_room_when_cut = has_room_when_cut;
  }
  bool deliver(TestStore& to, const std::string& text) {
    const auto receipt = to.deliver(text);
    if (receipt) {
      EXPECT_TRUE(uids.insert(receipt->uid).second) << "a uid was used again";
    }
    return receipt.has_value();
  }
  [[nodiscard]] std::uint64_t log_bytes() const {
    return memory.content(log_paths("/data", kAccount).log)->size();
  }
  Result<UpkeepReport> upkeep() {
    UpkeepPolicy policy;
    policy.undelete_window = hours(2);
    return store->upkeep(kAccount, policy, {});
  }
};

class EmptyFaultTest : public ::testing::TestWithParam<std::tuple<Fault, PowerLoss, bool>> {};

TEST_P(EmptyFaultTest, EveryCall) {
  const auto [fault, loss, has_room_when_cut] = GetParam();
  for (std::uint64_t point = 0;; ++point) {
    const std::string where = "call " + std::to_string(point);
    World world(has_room_when_cut);
    world.memory.fail_at(point, fault);
    const auto report = world.upkeep();
    const bool done = !world.memory.fault_reached();
    if (done) {
      ASSERT_TRUE(report) << report.error().message();
      ASSERT_GT(report->reclaimed_bytes, 96'000U);
      ASSERT_LT(world.log_bytes(), 400U);
    }
    std::vector<std::string> expected;
    if (world.deliver(world.store, "after\r\n")) expected.emplace_back("after\r\n");
    world.memory.lose_power(loss);
    world.store.reopen();
    const auto texts = world.store.texts();
    // A refused mail may be there all the same, if its fate could not be known.
    if (expected.empty() && texts.size() == 1) expected.emplace_back("after\r\n");
    ASSERT_EQ(texts, expected) << where;
    ASSERT_TRUE(world.deliver(world.store, "later\r\n")) << where;
    expected.emplace_back("later\r\n");
    world.disk.is_full = false;
    ASSERT_TRUE(world.upkeep()) << where;
    ASSERT_LT(world.log_bytes(), 600U) << where;
    world.store.reopen();
    ASSERT_EQ(world.store.texts(), expected) << where;
    if (HasFailure()) return;
    if (done) {
      ASSERT_GT(point, 3U);
      return;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, EmptyFaultTest,
                         ::testing::Combine(::testing::Values(Fault::kEio, Fault::kFull,
                                                              Fault::kShortWrite, Fault::kDeath),
                                            ::testing::Values(PowerLoss::kDropUnsynced,
                                                              PowerLoss::kKeepAll,
                                                              PowerLoss::kTorn),
                                            ::testing::Bool()));

// A process that knew the log, with an index of before, sees that it is another.
TEST(EmptiedInPlace, OtherProcessesSeeIt) {
  for (const bool has_room_when_cut : {false, true}) {
    World world(false);
    world.disk.has_room_when_cut = has_room_when_cut;
    TestStore other(world.disk);
    ASSERT_THAT(other.texts(), IsEmpty());
    ASSERT_GT(world.upkeep()->reclaimed_bytes, 96'000U);
    ASSERT_TRUE(world.deliver(other, "by another\r\n"));
    EXPECT_THAT(world.store.texts(), ElementsAre("by another\r\n"));
    ASSERT_TRUE(world.deliver(world.store, "by us\r\n"));
    EXPECT_THAT(other.texts(), ElementsAre("by another\r\n", "by us\r\n"));
  }
}

// It has to be set aside before it is cut, and there is no room for that.
TEST(EmptiedInPlace, DamageStays) {
  World world(true);
  const std::string path = log_paths("/data", kAccount).log;
  std::string log = *world.memory.content(path);
  log.at(log.find("ooooo") - 20) ^= 1;  // In the header of the first record.
  world.memory.set_content(path, log);
  world.store.reopen();
  const auto report = world.upkeep();
  EXPECT_TRUE(!report || report->reclaimed_bytes == 0);
  EXPECT_EQ(*world.memory.content(path), log);
}

TEST(EmptiedInPlace, ASessionPutsItOff) {
  World world(true);
  TestStore other(world.disk);
  const auto session = other.open();
  ASSERT_TRUE(session);
  EXPECT_EQ(world.upkeep()->reclaimed_bytes, 0U);
  EXPECT_GT(world.log_bytes(), 96'000U);
}

}  // namespace
}  // namespace restante::maildrop::log
