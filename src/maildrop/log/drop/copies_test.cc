// The views of copies by the store: readers take nothing of what waits for a target, what a target
// has is no deletion of a reader's, and one step may delete here and in every view.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "disk/memory.h"
#include "maildrop/log/format/file_names.h"
#include "maildrop/log/test_support.h"

namespace restante::maildrop::log {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using From = ViewStart::From;
using Numbers = std::vector<std::uint32_t>;

constexpr auto kDay = std::chrono::hours(24);
constexpr auto kWindow = std::chrono::hours(48);
const std::string kLong(70'000, 'a');

class CopiesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    store.settings().view_expires = 90 * kDay;
    store.reopen();
  }

  static NewView a_copy(std::string name = "copy", ViewStart start = {From::kNow, {}}) {
    NewView view{std::move(name), ViewRole::kEach, start};
    view.of_copy = true;
    return view;
  }

  View make(const NewView& view) {
    const auto made = store->make_view(kAccount, view);
    EXPECT_TRUE(made) << made.error().message();
    return made.value_or(View::kDefault);
  }

  void deliver(const std::vector<std::string>& texts) {
    for (const std::string& text : texts) ASSERT_TRUE(store.deliver(text));
  }

  static std::vector<std::string> texts_of(Session& session) {
    std::vector<std::string> out;
    for (std::uint32_t i = 1; i <= session.count(); ++i)
      out.push_back(TestStore::read_text(session, MessageNumber{i}));
    return out;
  }

  std::vector<std::string> texts(View view) {
    const auto session =
        view == View::kTrash ? store->open_trash(kAccount, kWindow) : store->open(kAccount, view);
    if (!session) return {"!" + session.error().message()};
    return texts_of(**session);
  }

  static SessionEnd ending(const Numbers& deleted, const Numbers& everywhere = {}) {
    SessionEnd end;
    for (const std::uint32_t number : deleted) end.deleted.push_back(MessageNumber{number});
    for (const std::uint32_t number : everywhere) end.everywhere.push_back(MessageNumber{number});
    return end;
  }

  void remove(View view, const Numbers& deleted, const Numbers& everywhere = {}) {
    const auto session = store->open(kAccount, view);
    ASSERT_TRUE(session);
    ASSERT_TRUE((*session)->commit(ending(deleted, everywhere)));
  }

  UpkeepReport upkeep(std::optional<std::chrono::days> retention = {}) {
    UpkeepPolicy policy;
    policy.retention.days = retention;
    const auto report = store->upkeep(kAccount, policy, {});
    EXPECT_TRUE(report) << report.error().message();
    return report.value_or(UpkeepReport{});
  }

  /// Messages whose bytes are there, deleted or not.
  std::size_t kept() { return store->list(kAccount, View::kDefault)->size(); }

  ViewInfo info(const std::string& name) {
    const auto views = *store->views(kAccount);
    for (const ViewInfo& one : views)
      if (one.name == name) return one;
    ADD_FAILURE() << name;
    return {};
  }

  /// Calls it with what is in memory, from an index, and from the log alone.
  void after_each_start(const std::function<void()>& check) {
    check();
    ASSERT_TRUE(store->close());
    store.reopen();
    check();
    disk.set_content(log_paths("/data", kAccount).index, "");
    store.reopen();
    check();
  }

  disk::MemoryDisk disk;
  TestStore store{disk};
};

TEST_F(CopiesTest, AreMadeOnceAndKnownForWhatTheyAre) {
  deliver({"before"});
  const View copy = make(a_copy());
  deliver({"after"});
  EXPECT_EQ(make(a_copy()), copy) << "the one that is there is taken";
  after_each_start([&] {
    EXPECT_THAT(texts(copy), ElementsAre("after"));
    EXPECT_TRUE(store->find_view(kAccount, "copy")->of_copy);
    EXPECT_TRUE(info("copy").of_copy);
    EXPECT_TRUE(info("copy").holds);
    EXPECT_EQ(info("copy").waiting.messages, 1U);
    EXPECT_FALSE(info("default").of_copy);
  });
}

TEST_F(CopiesTest, AreNoViewOfAReader) {
  make(a_copy());
  make({"phone", ViewRole::kEach, {}});
  EXPECT_EQ(store->make_view(kAccount, a_copy("phone")).error().code, Errc::kExists);
  EXPECT_EQ(store->make_view(kAccount, {"copy", ViewRole::kEach, {}}).error().code, Errc::kExists);
  NewView own{"copy", ViewRole::kEach, {}};
  own.of_device = true;
  EXPECT_EQ(store->make_view(kAccount, own).error().code, Errc::kExists);
  EXPECT_FALSE(store->find_view(kAccount, "copy")->of_device);
}

TEST_F(CopiesTest, CountForNoLimitOfViews) {
  NewView reader{"phone", ViewRole::kEach, {}};
  reader.views_max = 1;
  NewView copy = a_copy();
  copy.views_max = 0;
  make(copy);
  make(reader);
  reader.name = "tablet";
  EXPECT_EQ(store->make_view(kAccount, reader).error().code, Errc::kLimit);
}

TEST_F(CopiesTest, HaveNoRole) {
  NewView view = a_copy();
  view.role = ViewRole::kReader;
  const View copy = make(view);
  EXPECT_EQ(info("copy").role, ViewRole::kEach);
  EXPECT_EQ(store->set_role(kAccount, copy, ViewRole::kMain).error().code, Errc::kState);
}

TEST_F(CopiesTest, HoldForEverAndTheirUseIsNotNoted) {
  const View copy = make(a_copy());
  deliver({kLong});
  remove(View::kDefault, {1});
  store.clock_.advance(1000 * kDay);
  EXPECT_THAT(texts(View::kDefault), IsEmpty());  // Used today.
  const std::size_t before = disk.content(log_paths("/data", kAccount).log)->size();
  EXPECT_EQ(texts(copy).size(), 1U);
  EXPECT_EQ(disk.content(log_paths("/data", kAccount).log)->size(), before);
  EXPECT_FALSE(info("copy").used);
  EXPECT_TRUE(info("copy").holds);
  EXPECT_THAT(upkeep().unused_views, IsEmpty());
  EXPECT_EQ(kept(), 1U);
  EXPECT_EQ(upkeep().holding->waiting.messages, 1U);
  remove(copy, {1});
  upkeep();
  EXPECT_EQ(kept(), 0U);
}

TEST_F(CopiesTest, TheReaderUsedLastHoldsBesideThem) {
  make(a_copy());
  deliver({kLong});
  store.clock_.advance(1000 * kDay);
  remove(store->find_view(kAccount, "copy")->view, {1});
  EXPECT_TRUE(info("default").holds) << "a copy is not the one that was used last";
  upkeep();
  EXPECT_EQ(texts(View::kDefault).size(), 1U);
}

TEST_F(CopiesTest, WhereNoReaderHoldsATargetsWordIsNoDeletion) {
  const View copy = make(a_copy());
  ASSERT_TRUE(store->set_role(kAccount, View::kDefault, ViewRole::kReader));
  deliver({kLong});
  remove(copy, {1});
  upkeep();
  EXPECT_EQ(kept(), 1U) << "nobody has read it";
  remove(View::kDefault, {1});
  upkeep();
  EXPECT_EQ(kept(), 0U);
}

TEST_F(CopiesTest, AFullQuotaReleasesNone) {
  make(a_copy());
  deliver({"12345"});
  remove(View::kDefault, {1});
  store.clock_.advance(100 * kDay);
  EXPECT_THAT(texts(View::kDefault), IsEmpty());
  EXPECT_EQ(store->usage(kAccount)->messages, 1U) << "only the copy has it";
  EXPECT_EQ(store->least_usage(kAccount)->messages, 1U);
  TextSource source("abc");
  NewMessage message("", source, 3);
  message.quota.messages = 1;
  EXPECT_EQ(store->deliver(kAccount, message).error().code, Errc::kLimit);
  EXPECT_TRUE(info("copy").holds);
  EXPECT_FALSE(info("copy").is_released);
}

TEST_F(CopiesTest, MainDeletesForReadersOnly) {
  const View copy = make(a_copy());
  const View phone = make({"phone", ViewRole::kEach, {}});
  ASSERT_TRUE(store->set_role(kAccount, View::kDefault, ViewRole::kMain));
  deliver({"a", "b"});
  remove(View::kDefault, {1});
  after_each_start([&] {
    EXPECT_THAT(texts(View::kDefault), ElementsAre("b"));
    EXPECT_THAT(texts(phone), ElementsAre("b"));
    EXPECT_THAT(texts(copy), ElementsAre("a", "b")) << "it is on its way";
  });
}

TEST_F(CopiesTest, RetentionLeavesWhatIsOnItsWay) {
  const View copy = make(a_copy());
  deliver({kLong});
  store.clock_.advance(10 * kDay);
  EXPECT_EQ(upkeep(std::chrono::days(5)).expired, 1U);
  EXPECT_THAT(texts(View::kDefault), IsEmpty());
  EXPECT_EQ(texts(copy).size(), 1U);
  const std::size_t before = disk.content(log_paths("/data", kAccount).log)->size();
  EXPECT_EQ(upkeep(std::chrono::days(5)).expired, 0U) << "once";
  EXPECT_EQ(disk.content(log_paths("/data", kAccount).log)->size(), before);
  remove(copy, {1});
  upkeep(std::chrono::days(5));
  EXPECT_EQ(kept(), 0U);
}

TEST_F(CopiesTest, ATargetsMessageIsNotInTheTrash) {
  const View copy = make(a_copy());
  deliver({"a", "b", "c"});
  remove(copy, {1, 2}, {2});
  EXPECT_THAT(texts(View::kTrash), ElementsAre("b")) << "it left its reader";
}

TEST_F(CopiesTest, ANewViewDoesNotSeeWhatWaitsForThemAlone) {
  make(a_copy());
  deliver({"deleted", "waits"});
  remove(View::kDefault, {1});
  EXPECT_THAT(texts(make({"phone", ViewRole::kEach, {From::kAll, {}}})), ElementsAre("waits"));
  EXPECT_THAT(texts(make(a_copy("copy-2", {From::kAll, {}}))), ElementsAre("waits"));
}

TEST_F(CopiesTest, WhatLeavesEverywhereLeavesAllButOtherCopies) {
  deliver({"old"});
  const View copy = make(a_copy());
  const View other = make(a_copy("copy-2"));
  const View phone = make({"phone", ViewRole::kEach, {}});
  deliver({"a", "b", "c"});
  remove(copy, {1, 2}, {2});
  after_each_start([&] {
    EXPECT_THAT(texts(copy), ElementsAre("c"));
    EXPECT_THAT(texts(View::kDefault), ElementsAre("old", "a", "c"));
    EXPECT_THAT(texts(phone), ElementsAre("old", "a", "c"));
    EXPECT_THAT(texts(other), ElementsAre("a", "b", "c")) << "not there yet";
  });
  remove(other, {1, 2, 3}, {2});
  EXPECT_EQ(store->undelete(kAccount, View::kDefault, {})->size(), 1U);
  EXPECT_THAT(texts(View::kDefault), ElementsAre("old", "a", "b", "c"));
}

TEST_F(CopiesTest, OneStepMayDeleteEverywhereAlone) {
  const View copy = make(a_copy());
  deliver({"a", "b"});
  remove(copy, {1}, {1});
  remove(copy, {}, {1});  // "b": what leaves everywhere leaves the copy's view, too.
  after_each_start([&] {
    EXPECT_THAT(texts(copy), IsEmpty());
    EXPECT_THAT(texts(View::kDefault), IsEmpty());
  });
}

TEST_F(CopiesTest, ASessionCommitsMessageByMessage) {
  const View copy = make(a_copy());
  deliver({kLong, "2", "3", "4"});
  const auto session = *store->open(kAccount, copy);
  ASSERT_TRUE(session->commit(ending({1}, {1})));
  EXPECT_THAT(texts(View::kDefault), ElementsAre("2", "3", "4"));
  ASSERT_TRUE(session->commit(ending({3})));
  deliver({"5"});
  EXPECT_GT(upkeep().reclaimed_bytes, 0U) << "the log is another file from here on";
  ASSERT_TRUE(session->commit(ending({2}, {2})));
  EXPECT_EQ(session->count(), 4U) << "a snapshot";
  EXPECT_EQ(TestStore::read_text(*session, MessageNumber{4}), "4");
  EXPECT_THAT(texts(View::kDefault), ElementsAre("3", "4", "5"));
  EXPECT_EQ(store->open(kAccount, copy).error().code, Errc::kBusy);
  ASSERT_TRUE(store->end_view(kAccount, copy));
  EXPECT_EQ(session->commit(ending({4})).error().code, Errc::kNotFound);
}

TEST_F(CopiesTest, SurviveARewriting) {
  const View copy = make(a_copy());
  deliver({kLong, "a", "b", "c"});
  remove(copy, {1, 2, 3}, {1, 3});
  EXPECT_GT(upkeep().reclaimed_bytes, 0U);
  after_each_start([&] {
    EXPECT_TRUE(info("copy").of_copy);
    EXPECT_THAT(texts(copy), ElementsAre("c"));
    EXPECT_THAT(texts(View::kDefault), ElementsAre("a", "c"));
  });
}

TEST_F(CopiesTest, ACopyMadeDuringARewritingKeepsWhatItSees) {
  deliver({kLong, "b"});
  make({"phone", ViewRole::kEach, {}});
  remove(View::kDefault, {1});
  store.clock_.advance(91 * kDay);
  EXPECT_THAT(texts(View::kDefault), ElementsAre("b"));  // The phone holds nothing any more.
  View copy{};
  const auto come = [&](std::uint64_t) {
    if (copy == View::kDefault) copy = make(a_copy("copy", {From::kAll, {}}));
    return true;
  };
  ASSERT_TRUE(store->upkeep(kAccount, {}, come));
  EXPECT_EQ(texts(copy).size(), 2U) << "the phone saw it, so that it was not deleted";
}

TEST_F(CopiesTest, OthersDecideBesideThem) {
  EXPECT_FALSE((*store->open(kAccount, View::kDefault))->others_decide());
  make(a_copy());
  EXPECT_TRUE((*store->open(kAccount, View::kDefault))->others_decide());
}

}  // namespace
}  // namespace restante::maildrop::log
