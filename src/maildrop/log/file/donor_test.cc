// Healing a maildrop from a copy of its log: the very octets, or none.
#include "maildrop/log/file/donor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "disk/memory.h"
#include "maildrop/log/check/messages_of_log.h"
#include "maildrop/log/format/file_names.h"
#include "maildrop/log/test_support.h"

namespace restante::maildrop::log {
namespace {

using disk::Fault;
using disk::PowerLoss;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr const char* kCopy = "/backup/alice.log.1";

std::string text(int number) {
  return "Subject: " + std::to_string(number) + "\r\n\r\n" + std::string(9'000, 'a') + "\r\n";
}

/// A maildrop of five, one of them imported, with a copy.
struct World {
  World() {
    for (int i = 1; i <= 4; ++i) EXPECT_TRUE(store.deliver(text(i)));
    EXPECT_TRUE(store.deliver(text(5), kAccount, "imported"));
    copy();
  }
  void copy() { disk.set_content(kCopy, *disk.content(path)); }
  /// Flips a bit of this message's body.
  void damage(int number, const std::string& where) {
    std::string bytes = *disk.content(where);
    bytes[bytes.find("Subject: " + std::to_string(number) + "\r") + 100] ^= 1;
    disk.set_content(where, bytes);
    store.reopen();
  }
  std::vector<std::string> uids() {
    std::vector<std::string> out;
    const auto entries = store->list(kAccount, View::kDefault);
    for (const auto& entry : *entries) out.push_back(entry.uid);
    return out;
  }

  const std::string path = log_paths("/data", kAccount).log;
  disk::MemoryDisk disk;
  TestStore store{disk};
};

const std::vector<std::string> kAll = {text(1), text(2), text(3), text(4), text(5)};

TEST(Heal, ADamagedMessageIsReplacedUnderItsNumberAndUid) {
  World world;
  ASSERT_TRUE(world.store.deliver(text(6)));
  const auto uids = world.uids();
  world.damage(2, world.path);
  world.damage(5, world.path);
  EXPECT_EQ(world.store.texts()[1], "!corrupt");
  const auto report = world.store->heal(kAccount, kCopy, {});
  ASSERT_TRUE(report) << report.error().message();
  ASSERT_THAT(report->healed, SizeIs(2));
  EXPECT_EQ(report->healed[0].uid, uids[1]);
  EXPECT_EQ(report->healed[1].sequence, Sequence{5});
  EXPECT_THAT(report->left, IsEmpty());
  auto all = kAll;
  all.push_back(text(6));
  EXPECT_EQ(world.store.texts(), all);
  EXPECT_EQ(world.uids(), uids);
  world.store.reopen();
  EXPECT_EQ(world.store.texts(), all);
  EXPECT_TRUE(world.disk.content(log_paths("/data", kAccount).aside)) << "nothing is thrown away";
  EXPECT_FALSE(world.store.deliver(text(7), kAccount, "imported"));
  EXPECT_THAT(world.store->repair(kAccount, {})->set_aside, IsEmpty());
}

TEST(Heal, ADeletedMessageStaysDeleted) {
  World world;
  ASSERT_TRUE((*world.store.open())->commit(end_deleting({MessageNumber{2}})));
  world.damage(2, world.path);
  ASSERT_THAT(world.store->heal(kAccount, kCopy, {})->healed, SizeIs(1));
  EXPECT_EQ(world.store.texts(), (std::vector<std::string>{text(1), text(3), text(4), text(5)}));
  ASSERT_THAT(*world.store->undelete(kAccount, View::kDefault, {}), SizeIs(1));
  EXPECT_EQ(world.store.texts(), kAll);
}

TEST(Heal, OctetsThatAreNotTheVeryOnesAreRefused) {
  World world;
  world.damage(2, world.path);
  world.damage(3, world.path);
  world.damage(2, kCopy);
  const auto report = world.store->heal(kAccount, kCopy, {});
  ASSERT_THAT(report->healed, SizeIs(1));
  EXPECT_EQ(report->healed[0].sequence, Sequence{3});
  ASSERT_THAT(report->left, SizeIs(1));
  EXPECT_EQ(report->left[0].sequence, Sequence{2});
  EXPECT_EQ(world.store.texts(),
            (std::vector<std::string>{text(1), "!corrupt", text(3), text(4), text(5)}));
}

TEST(Heal, AnotherMaildropsCopyIsRefused) {
  World world;
  ASSERT_TRUE(world.store.deliver(text(2), "bob@example.test"));
  world.damage(2, world.path);
  const std::string before = *world.disk.content(world.path);
  const std::string other = log_paths("/data", "bob@example.test").log;
  EXPECT_EQ(world.store->heal(kAccount, other, {}).error().code, Errc::kState);
  EXPECT_EQ(world.store->heal(kAccount, "/backup/none", {}).error().code, Errc::kNotFound);
  EXPECT_EQ(*world.disk.content(world.path), before);
}

TEST(Heal, ASoundMaildropIsLeftAlone) {
  World world;
  const std::string before = *world.disk.content(world.path);
  const auto report = world.store->heal(kAccount, kCopy, {});
  EXPECT_THAT(report->healed, IsEmpty());
  EXPECT_THAT(report->left, IsEmpty());
  EXPECT_EQ(*world.disk.content(world.path), before);
}

TEST(Heal, AMessageWhoseHeaderIsLostIsNotGuessed) {
  World world;
  std::string bytes = *world.disk.content(world.path);
  bytes[bytes.find("Subject: 2\r") - 20] ^= 1;
  world.disk.set_content(world.path, bytes);
  world.disk.set_content(log_paths("/data", kAccount).index, "");
  world.store.reopen();
  const auto report = world.store->heal(kAccount, kCopy, {});
  ASSERT_TRUE(report);
  EXPECT_THAT(report->healed, IsEmpty());
  EXPECT_THAT(report->left, SizeIs(1));
}

class HealFaults : public ::testing::TestWithParam<std::tuple<Fault, PowerLoss>> {};

TEST_P(HealFaults, EveryCallLeavesTheOldLogOrTheNew) {
  const auto [fault, loss] = GetParam();
  for (std::uint64_t point = 0;; ++point) {
    World world;
    world.damage(2, world.path);
    const auto uids = world.uids();
    world.disk.fail_at(point, fault);
    const auto report = world.store->heal(kAccount, kCopy, {});
    const bool done = !world.disk.fault_reached();
    world.disk.lose_power(loss);
    world.store.reopen();
    auto texts = world.store.texts();
    const std::string where = "call " + std::to_string(point);
    if (report && done) {
      ASSERT_EQ(texts, kAll) << where;
    }
    if (texts.size() == kAll.size() && texts[1] == "!corrupt") texts[1] = text(2);
    ASSERT_EQ(texts, kAll) << where;
    ASSERT_EQ(world.uids(), uids) << where;
    ASSERT_TRUE(world.store->heal(kAccount, kCopy, {})) << where;
    ASSERT_EQ(world.store.texts(), kAll) << where;
    if (done) {
      ASSERT_GT(point, 6U);
      return;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Faults, HealFaults,
    ::testing::Combine(::testing::Values(Fault::kEio, Fault::kFull, Fault::kDeath),
                       ::testing::Values(PowerLoss::kDropUnsynced, PowerLoss::kKeepAll,
                                         PowerLoss::kTorn)));

TEST(MessagesOfLog, DamagedOnesAreNotGivenOut) {
  World world;
  ASSERT_TRUE((*world.store.open())->commit(end_deleting({MessageNumber{1}})));
  world.damage(2, world.path);
  const auto file = *world.disk.open(world.path, disk::OpenMode::kRead);
  const auto messages = messages_of_log(*file, file->status()->size, {});
  ASSERT_THAT(*messages, SizeIs(5));
  EXPECT_TRUE((*messages)[0].deleted);
  EXPECT_FALSE((*messages)[1].intact);
  EXPECT_EQ((*messages)[4].uid, "imported");
  for (std::size_t i = 0; i < messages->size(); ++i) {
    std::string out;
    const Status read = read_message(*file, (*messages)[i], [&](std::string_view piece) {
      out += piece;
      return ok();
    });
    EXPECT_EQ(read.has_value(), i != 1);
    EXPECT_EQ(out, i == 1 ? "" : kAll[i]);
  }
}

}  // namespace
}  // namespace restante::maildrop::log
