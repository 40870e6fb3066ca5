// Every call to the disk fails once, in every way, while views are made, used, changed and ended,
// with a power loss behind it: each step is in force or not, as a whole, and stays so.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "disk/memory.h"
#include "maildrop/log/test_support.h"

namespace restante::maildrop::log {
namespace {

using disk::Fault;
using disk::PowerLoss;
using Texts = std::vector<std::string>;
using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// The steps of one life, and which of them were answered with success.
struct Steps {
  bool made = false;
  bool own_deleted = false;
  bool for_all_deleted = false;
  bool became_main = false;
  bool hidden_in_trash = false;
  bool undeleted = false;
};

bool commit(TestStore& store, View view, std::vector<MessageNumber> numbers) {
  const auto session = store->open(kAccount, view);
  return session && (*session)->commit(end_deleting(std::move(numbers)));
}

bool hide(TestStore& store) {
  const auto trash = store->open_trash(kAccount, std::chrono::hours(1));
  return trash && (*trash)->count() > 0 && (*trash)->commit(end_deleting({MessageNumber{1}}));
}

Steps live(TestStore& store) {
  Steps steps;
  const auto phone = store->make_view(kAccount, {"phone", ViewRole::kEach, {}});
  steps.made = phone.has_value();
  if (!phone) return steps;
  steps.own_deleted = commit(store, *phone, {MessageNumber{1}});
  steps.became_main = store->set_role(kAccount, View::kDefault, ViewRole::kMain).has_value();
  if (steps.became_main) steps.for_all_deleted = commit(store, View::kDefault, {MessageNumber{2}});
  steps.hidden_in_trash = hide(store);
  steps.undeleted = store->undelete(kAccount, *phone, {}).has_value();
  return steps;
}

Texts texts(TestStore& store, View view) {
  const auto session = store->open(kAccount, view);
  Texts out;
  if (!session) return {"!" + session.error().message()};
  for (std::uint32_t i = 1; i <= (*session)->count(); ++i)
    out.push_back(TestStore::read_text(**session, MessageNumber{i}));
  return out;
}

void check(TestStore& store, const Steps& steps, const std::string& where) {
  const Texts own = texts(store, View::kDefault);
  const auto phone = store->find_view(kAccount, "phone");
  if (steps.made) {
    ASSERT_TRUE(phone) << where;
  }
  if (steps.for_all_deleted) {
    ASSERT_THAT(own, ElementsAre("a", "c")) << where;
  } else {
    ASSERT_THAT(own, AnyOf(ElementsAre("a", "b", "c"), ElementsAre("a", "c"))) << where;
  }
  if (!phone) return;
  const Texts theirs = texts(store, phone->view);
  ASSERT_THAT(theirs, ::testing::Contains("c")) << where;
  if (steps.undeleted && steps.own_deleted && steps.for_all_deleted) {
    ASSERT_THAT(theirs, ElementsAre("a", "b", "c")) << where;
  } else if (steps.own_deleted && steps.for_all_deleted) {
    ASSERT_THAT(theirs, AnyOf(ElementsAre("c"), ElementsAre("a", "b", "c"))) << where;
  }
  const auto all = store->views(kAccount);
  ASSERT_TRUE(all) << where;
  if (steps.became_main) {
    ASSERT_EQ(all->front().role, ViewRole::kMain) << where;
  }
}

class ViewsFaultTest : public ::testing::TestWithParam<std::tuple<Fault, PowerLoss, bool>> {};

TEST_P(ViewsFaultTest, EveryCallOnce) {
  const auto [fault, loss, warm] = GetParam();
  for (std::uint64_t point = 0;; ++point) {
    disk::MemoryDisk disk;
    TestStore store(disk);
    for (const char* const text : {"a", "b", "c"}) ASSERT_TRUE(store.deliver(text));
    if (!warm) store.reopen();
    disk.fail_at(point, fault);
    const Steps steps = live(store);
    const bool done = !disk.fault_reached();
    const std::string where = "call " + std::to_string(point);
    disk.lose_power(loss);
    for (int round = 0; round < 2; ++round) {  // Recovery is idempotent.
      store.reopen();
      ASSERT_NO_FATAL_FAILURE(check(store, steps, where));
    }
    ASSERT_TRUE(store.deliver("after")) << where;
    ASSERT_EQ(texts(store, View::kDefault).back(), "after") << where;
    if (!done) continue;
    ASSERT_GT(point, 8U);
    ASSERT_TRUE(steps.undeleted && steps.hidden_in_trash && steps.for_all_deleted);
    return;
  }
}

// The end of a view, and what is given up because of it.
TEST_P(ViewsFaultTest, EveryCallOfAnEnd) {
  const auto [fault, loss, warm] = GetParam();
  for (std::uint64_t point = 0;; ++point) {
    disk::MemoryDisk disk;
    TestStore store(disk);
    const View phone = *store->make_view(kAccount, {"phone", ViewRole::kEach, {}});
    ASSERT_TRUE(store.deliver(std::string(70'000, 'a')));
    ASSERT_TRUE(store.deliver("b"));
    ASSERT_TRUE(commit(store, View::kDefault, {MessageNumber{1}}));
    if (!warm) store.reopen();
    disk.fail_at(point, fault);
    const bool ended = store->end_view(kAccount, phone).has_value();
    (void)store->upkeep(kAccount, {}, {});
    const bool done = !disk.fault_reached();
    const std::string where = "call " + std::to_string(point);
    disk.lose_power(loss);
    store.reopen();
    ASSERT_THAT(texts(store, View::kDefault), ElementsAre("b")) << where;
    const bool is_there = store->find_view(kAccount, "phone").has_value();
    ASSERT_FALSE(ended && is_there) << where;
    if (is_there) {
      ASSERT_EQ(texts(store, phone).size(), 2U) << where << ": it was not ended, and holds";
    }
    if (done) {
      ASSERT_TRUE(ended && !is_there);
      return;
    }
  }
}

// One step of a copy's session, some of whose messages leave every view, and a second one.
TEST_P(ViewsFaultTest, EveryCallOfACopysStep) {
  const auto [fault, loss, warm] = GetParam();
  for (std::uint64_t point = 0;; ++point) {
    disk::MemoryDisk disk;
    TestStore store(disk);
    NewView copy{"copy", ViewRole::kEach, {}};
    copy.of_copy = true;
    const View view = *store->make_view(kAccount, copy);
    for (const char* const text : {"a", "b", "c"}) ASSERT_TRUE(store.deliver(text));
    if (!warm) store.reopen();
    disk.fail_at(point, fault);
    bool first = false;
    bool second = false;
    if (const auto session = store->open(kAccount, view)) {
      first = (*session)
                  ->commit({{MessageNumber{1}, MessageNumber{2}}, {}, {MessageNumber{2}}})
                  .has_value();
      second = (*session)->commit({{MessageNumber{3}}, {}, {MessageNumber{3}}}).has_value();
    }
    const bool done = !disk.fault_reached();
    const std::string where = "call " + std::to_string(point);
    disk.lose_power(loss);
    for (int round = 0; round < 2; ++round) {  // Recovery is idempotent.
      store.reopen();
      const Texts own = texts(store, View::kDefault);
      const Texts theirs = texts(store, view);
      const auto has = [](const Texts& all, const char* text) {
        return std::ranges::find(all, text) != all.end();
      };
      ASSERT_TRUE(!first || !has(own, "b")) << where;
      ASSERT_TRUE(!second || !has(own, "c")) << where;
      // Both views show the same steps, and each step whole.
      Texts expected_own = {"a"};
      Texts expected;
      if (has(own, "b")) {
        expected_own.emplace_back("b");
        expected = {"a", "b"};
      }
      if (has(own, "c")) {
        expected_own.emplace_back("c");
        expected.emplace_back("c");
      }
      ASSERT_EQ(own, expected_own) << where;
      ASSERT_EQ(theirs, expected) << where;
    }
    if (!done) continue;
    ASSERT_TRUE(first && second);
    return;
  }
}

INSTANTIATE_TEST_SUITE_P(All, ViewsFaultTest,
                         ::testing::Combine(::testing::Values(Fault::kEio, Fault::kFull,
                                                              Fault::kShortWrite, Fault::kDeath),
                                            ::testing::Values(PowerLoss::kDropUnsynced,
                                                              PowerLoss::kKeepAll,
                                                              PowerLoss::kTorn),
                                            ::testing::Bool()));

}  // namespace
}  // namespace restante::maildrop::log
