// Every call to the disk of an undeletion, an upkeep and a repair fails once, in every way, with
// every kind of power loss behind it: the old log or the new, whole, and what was promised on
// either.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "disk/memory.h"
#include "maildrop/log/format/file_names.h"
#include "maildrop/log/test_support.h"

namespace restante::maildrop::log {
namespace {

using disk::Fault;
using disk::PowerLoss;
using std::chrono::hours;
using ::testing::AnyOf;
using ::testing::ElementsAre;

constexpr auto kWindow = hours(2);

std::string filler(int number) { return std::to_string(number) + std::string(9'000, 'f') + "\r\n"; }

/// Mail of all kinds: dead, deleted but within the window, retrieved, imported, alive.
class UpkeepFaultTest : public ::testing::TestWithParam<std::tuple<Fault, PowerLoss>> {
 protected:
  struct World {
    disk::MemoryDisk disk;
    TestStore store{disk};
    std::set<std::string> uids;

    void deliver(const std::string& text, std::optional<std::string> uid = std::nullopt) {
      const auto receipt = store.deliver(text, kAccount, std::move(uid));
      ASSERT_TRUE(receipt);
      ASSERT_TRUE(uids.insert(receipt->uid).second) << "a uid was used again";
    }
    Status commit(const std::vector<std::uint32_t>& deleted,
                  const std::vector<std::uint32_t>& retrieved = {}) {
      auto session = store.open();
      if (!session) return session.error();
      SessionEnd end;
      for (const auto number : deleted) end.deleted.push_back(MessageNumber{number});
      for (const auto number : retrieved) end.retrieved.push_back(MessageNumber{number});
      return (*session)->commit(end);
    }
    void prepare() {
      for (int i = 1; i <= 12; ++i) deliver(filler(i));
      deliver("gone\r\n", "imported");
      ASSERT_TRUE(commit({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13}));
      store.clock_.advance(hours(3));
      deliver("young\r\n");
      deliver("kept\r\n");
      ASSERT_TRUE(commit({1}, {2}));
      store.clock_.advance(hours(1));
    }
    UpkeepPolicy policy() const {
      UpkeepPolicy policy;
      policy.undelete_window = kWindow;
      return policy;
    }
    std::uint64_t log_bytes() { return disk.content(log_paths("/data", kAccount).log)->size(); }

    /// What must hold after every failure: "kept" and what was delivered, and nothing dead.
    void check(const std::vector<std::string>& delivered, const std::string& where) {
      std::vector<std::string> expected = {"kept\r\n"};
      expected.insert(expected.end(), delivered.begin(), delivered.end());
      ASSERT_EQ(store.texts(), expected) << where;
      const auto entries = store->list(kAccount, View::kDefault);
      ASSERT_TRUE(entries) << where;
      for (const Store::Entry& entry : *entries) {
        if (entry.uid == "imported") {
          ASSERT_TRUE(entry.deleted);
        }
      }
      ASSERT_FALSE(store.deliver("x\r\n", kAccount, "imported")) << where;
    }
  };
};

TEST_P(UpkeepFaultTest, EveryCallOfAnUpkeep) {
  const auto [fault, loss] = GetParam();
  for (std::uint64_t point = 0;; ++point) {
    World world;
    world.prepare();
    const std::string where = "call " + std::to_string(point);
    world.disk.fail_at(point, fault);
    const auto report = world.store->upkeep(kAccount, world.policy(), {});
    std::vector<std::string> delivered;
    const auto after = world.store.deliver("after\r\n");
    if (after) {
      delivered.push_back("after\r\n");
      ASSERT_TRUE(world.uids.insert(after->uid).second) << where;
    }
    const bool done = !world.disk.fault_reached();
    if (report) {
      ASSERT_TRUE(report->reclaimed_bytes > 0 || !done) << where;
    }
    world.disk.lose_power(loss);
    world.store.reopen();
    if (!after) {
      // Refused; perhaps its fate could not be known.
      const auto texts = world.store.texts();
      if (texts.size() == 2) delivered.push_back("after\r\n");
    }
    world.check(delivered, where);
    if (HasFatalFailure()) return;
    // It works on, and recovery has changed nothing.
    world.store.reopen();
    world.check(delivered, where);
    const auto again = world.store->upkeep(kAccount, world.policy(), {});
    ASSERT_TRUE(again) << where << ' ' << again.error().message();
    ASSERT_LT(world.log_bytes(), 2000U) << where;
    world.check(delivered, where);
    world.deliver("more\r\n");
    ASSERT_EQ(world.store->undelete(kAccount, View::kDefault, {})->size(), 1U) << where;
    ASSERT_EQ(world.store.texts()[0], "young\r\n") << where;
    if (HasFatalFailure()) return;
    if (done) {
      ASSERT_GT(point, 6U);
      return;
    }
  }
}

// Without a power loss: the process goes on, with and without a session, and so must what it says.
TEST_P(UpkeepFaultTest, EveryCallOfAnUpkeepAndTheProcessGoesOn) {
  const auto [fault, loss] = GetParam();
  if (fault == Fault::kDeath || loss != PowerLoss::kKeepAll) return;
  for (const bool with_session : {false, true}) {
    for (std::uint64_t point = 0;; ++point) {
      World world;
      world.prepare();
      const std::string where = "call " + std::to_string(point);
      auto session = with_session ? world.store.open() : Error(Errc::kState);
      world.disk.fail_at(point, fault);
      (void)world.store->upkeep(kAccount, world.policy(), {});
      const bool done = !world.disk.fault_reached();
      world.disk.fail_nothing();
      ASSERT_FALSE(world.disk.content(log_paths("/data", kAccount).log_new) &&
                   fault == Fault::kFull)
          << where;
      world.deliver("after\r\n");
      TestStore other(world.disk);
      if (with_session) {
        ASSERT_EQ(other.open().error().code, Errc::kBusy) << where;
        ASSERT_EQ(TestStore::read_text(**session, MessageNumber{1}), "kept\r\n") << where;
        ASSERT_TRUE((*session)->commit(end_deleting({MessageNumber{1}}))) << where;
        session->reset();
        ASSERT_THAT(other.texts(), ElementsAre("after\r\n")) << where;
        ASSERT_THAT(world.store.texts(), ElementsAre("after\r\n")) << where;
        world.disk.lose_power(PowerLoss::kDropUnsynced);
        world.store.reopen();
        ASSERT_THAT(world.store.texts(), ElementsAre("after\r\n")) << where;
      } else {
        ASSERT_EQ(other.texts().size(), 2U) << where;
        world.check({"after\r\n"}, where);
        world.disk.lose_power(PowerLoss::kDropUnsynced);
        world.store.reopen();
        world.check({"after\r\n"}, where);
      }
      if (HasFatalFailure()) return;
      if (done) break;
    }
  }
}

TEST_P(UpkeepFaultTest, EveryCallOfAnUndeletion) {
  const auto [fault, loss] = GetParam();
  for (std::uint64_t point = 0;; ++point) {
    World world;
    world.prepare();
    const std::string where = "call " + std::to_string(point);
    UndeleteRequest request;
    request.since = world.store.clock_.now() - kWindow;
    world.disk.fail_at(point, fault);
    const auto back = world.store->undelete(kAccount, View::kDefault, request);
    const bool done = !world.disk.fault_reached();
    if (done) {
      ASSERT_EQ(back->size(), 1U);
    }
    world.disk.lose_power(loss);
    world.store.reopen();
    for (int round = 0; round < 2; ++round) {
      const auto texts = world.store.texts();
      if (back) {
        ASSERT_THAT(texts, ElementsAre("young\r\n", "kept\r\n")) << where;
      } else {
        ASSERT_THAT(texts, AnyOf(ElementsAre("kept\r\n"), ElementsAre("young\r\n", "kept\r\n")))
            << where;
      }
      world.store.reopen();
    }
    if (done) return;
  }
}

TEST_P(UpkeepFaultTest, EveryCallOfARetention) {
  const auto [fault, loss] = GetParam();
  for (std::uint64_t point = 0;; ++point) {
    World world;
    world.prepare();
    const std::string where = "call " + std::to_string(point);
    UpkeepPolicy policy;
    policy.undelete_window = hours(1000);
    policy.retention.days = std::chrono::days(0);
    policy.retention.from = Retention::From::kRetrieval;
    world.disk.fail_at(point, fault);
    const auto report = world.store->upkeep(kAccount, policy, {});
    const bool done = !world.disk.fault_reached();
    if (done) {
      ASSERT_EQ(report->expired, 1U);
    }
    world.disk.lose_power(loss);
    world.store.reopen();
    const auto texts = world.store.texts();
    if (report && report->expired == 1) {
      ASSERT_THAT(texts, ElementsAre()) << where;
    } else {
      ASSERT_THAT(texts, AnyOf(ElementsAre(), ElementsAre("kept\r\n"))) << where;
    }
    ASSERT_EQ(world.store->undelete(kAccount, View::kDefault, {})->size(), 15U - texts.size());
    if (done) return;
  }
}

// The bytes that a repair takes out are in the log or in the file beside it, at every moment.
TEST_P(UpkeepFaultTest, EveryCallOfARepair) {
  const auto [fault, loss] = GetParam();
  const LogPaths paths = log_paths("/data", kAccount);
  for (std::uint64_t point = 0;; ++point) {
    World world;
    world.prepare();
    const std::string where = "call " + std::to_string(point);
    world.deliver("a damaged one\r\n", "damaged");
    world.deliver("whole\r\n");
    std::string log = *world.disk.content(paths.log);
    log[log.find("a damaged one")] = 'A';
    world.disk.set_content(paths.log, log);
    world.disk.fail_at(point, fault);
    const auto report = world.store->repair(kAccount, {});
    const bool done = !world.disk.fault_reached();
    if (done) {
      ASSERT_EQ(report->set_aside.size(), 1U);
      ASSERT_EQ(report->set_aside[0].uid, "damaged");
    }
    world.disk.lose_power(loss);
    const auto has = [&](const std::string& path) {
      const auto content = world.disk.content(path);
      return content && content->find("A damaged one\r\n") != std::string::npos;
    };
    ASSERT_TRUE(has(paths.log) || has(paths.aside)) << where;
    world.store.reopen();
    const auto texts = world.store.texts();
    ASSERT_THAT(texts, AnyOf(ElementsAre("kept\r\n", "!corrupt", "whole\r\n"),
                             ElementsAre("kept\r\n", "whole\r\n")))
        << where;
    ASSERT_TRUE(world.store->repair(kAccount, {})) << where;
    ASSERT_THAT(world.store.texts(), ElementsAre("kept\r\n", "whole\r\n")) << where;
    ASSERT_TRUE(has(paths.aside)) << where;
    ASSERT_FALSE(world.store.deliver("x\r\n", kAccount, "damaged")) << where;
    ASSERT_EQ(world.store->undelete(kAccount, View::kDefault, {})->size(), 14U) << where;
    if (done) return;
  }
}

// The newest record cannot be read, and only the index knows it. Without the index it looks like a
// torn append, which is cut: also that must last once the repair has said so.
TEST_P(UpkeepFaultTest, EveryCallOfARepairOfTheNewest) {
  const auto [fault, loss] = GetParam();
  const LogPaths paths = log_paths("/data", kAccount);
  for (std::uint64_t point = 0;; ++point) {
    World world;
    world.deliver("whole\r\n");
    world.deliver("the damaged one\r\n");
    ASSERT_TRUE(world.store->close());  // Writes the index.
    world.disk.set_content(paths.index, world.disk.content(paths.index).value());  // Durable.
    world.store.reopen();
    std::string log = *world.disk.content(paths.log);
    log[log.find("the damaged one")] = 'T';
    world.disk.set_content(paths.log, log);
    world.disk.fail_at(point, fault);
    const auto report = world.store->repair(kAccount, {});
    const bool done = !world.disk.fault_reached();
    world.disk.lose_power(loss);
    world.store.reopen();
    const auto texts = world.store.texts();
    if (report) {
      ASSERT_THAT(texts, ElementsAre("whole\r\n")) << "call " << point;
    } else {
      ASSERT_THAT(texts, AnyOf(ElementsAre("whole\r\n"), ElementsAre("whole\r\n", "!corrupt")))
          << "call " << point;
    }
    if (done) return;
  }
}

INSTANTIATE_TEST_SUITE_P(All, UpkeepFaultTest,
                         ::testing::Combine(::testing::Values(Fault::kEio, Fault::kFull,
                                                              Fault::kShortWrite, Fault::kDeath),
                                            ::testing::Values(PowerLoss::kDropUnsynced,
                                                              PowerLoss::kKeepAll,
                                                              PowerLoss::kTorn)));

}  // namespace
}  // namespace restante::maildrop::log
