// Views by the store: what each sees, what stays for whom, and that it outlives the process, the
// index and a rewriting.
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

constexpr auto kDay = std::chrono::hours(24);
constexpr auto kWindow = std::chrono::hours(48);

class ViewsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    store.settings().view_expires = 90 * kDay;
    store.reopen();
  }

  View make(const std::string& name, ViewRole role = ViewRole::kEach,
            ViewStart start = {From::kAll, {}}) {
    const auto made = store->make_view(kAccount, {name, role, start});
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
    const auto session = store->open(kAccount, view);
    if (!session) return {"!" + session.error().message()};
    return texts_of(**session);
  }

  std::vector<std::string> trash() {
    const auto session = store->open_trash(kAccount, kWindow);
    if (!session) return {"!" + session.error().message()};
    return texts_of(**session);
  }

  void remove(View view, std::vector<std::uint32_t> numbers) {
    const auto session =
        view == View::kTrash ? store->open_trash(kAccount, kWindow) : store->open(kAccount, view);
    ASSERT_TRUE(session);
    SessionEnd end;
    for (const std::uint32_t number : numbers) end.deleted.push_back(MessageNumber{number});
    ASSERT_TRUE((*session)->commit(end));
  }

  UpkeepReport upkeep(std::chrono::seconds window = 0s, bool trash_purges = false) {
    UpkeepPolicy policy;
    policy.undelete_window = window;
    policy.trash_purges = trash_purges;
    const auto report = store->upkeep(kAccount, policy, {});
    EXPECT_TRUE(report) << report.error().message();
    return report.value_or(UpkeepReport{});
  }

  /// Messages whose bytes are there, deleted or not.
  std::size_t kept() { return store->list(kAccount, View::kDefault)->size(); }

  const ViewInfo& info(const std::string& name) {
    infos_ = *store->views(kAccount);
    for (const ViewInfo& one : infos_)
      if (one.name == name) return one;
    ADD_FAILURE() << name;
    return infos_.front();
  }

  disk::MemoryDisk disk;
  TestStore store{disk};

 private:
  std::vector<ViewInfo> infos_;
};

TEST_F(ViewsTest, EachHasWhatItHasNotDeletedUnderTheSameIds) {
  deliver({"a", "b"});
  const View phone = make("phone");
  deliver({"c"});
  remove(View::kDefault, {1, 3});
  EXPECT_THAT(texts(View::kDefault), ElementsAre("b"));
  EXPECT_THAT(texts(phone), ElementsAre("a", "b", "c"));
  const auto own = *store->open(kAccount, View::kDefault);
  const auto other = *store->open(kAccount, phone);  // Two at once.
  EXPECT_EQ(TestStore::uid(*own, 1), TestStore::uid(*other, 2));
  EXPECT_EQ(store->open(kAccount, phone).error().code, Errc::kBusy);
}

TEST_F(ViewsTest, AreTheSameAfterAStartWithAndWithoutAnIndex) {
  deliver({"a", "b", "c"});
  const View phone = make("phone", ViewRole::kReader);
  const View tablet = make("tablet", ViewRole::kMain, {From::kNow, {}});
  remove(phone, {2});
  remove(View::kDefault, {1});
  deliver({"d"});
  ASSERT_TRUE(store->end_view(kAccount, make("gone")));
  for (const bool indexed : {true, false}) {
    ASSERT_TRUE(store->close());
    if (!indexed) disk.set_content(log_paths("/data", kAccount).index, "");
    store.reopen();
    EXPECT_THAT(texts(View::kDefault), ElementsAre("b", "c", "d"));
    EXPECT_THAT(texts(phone), ElementsAre("a", "c", "d"));
    EXPECT_THAT(texts(tablet), ElementsAre("d"));
    EXPECT_EQ(store->find_view(kAccount, "tablet")->view, tablet);
    EXPECT_EQ(info("phone").role, ViewRole::kReader);
    EXPECT_EQ(info("tablet").role, ViewRole::kMain);
    EXPECT_EQ(info("phone").waiting.messages, 3U);
    EXPECT_EQ(store->find_view(kAccount, "gone").error().code, Errc::kNotFound);
  }
  EXPECT_GT(static_cast<std::uint32_t>(make("new")), static_cast<std::uint32_t>(tablet) + 1);
}

TEST_F(ViewsTest, StartFromWhatIsAskedFor) {
  deliver({"old", "waits"});
  store.clock_.advance(kDay);
  make("first");
  remove(View::kDefault, {1});
  EXPECT_THAT(texts(make("waiting", ViewRole::kEach, {From::kWaiting, {}})), ElementsAre("waits"));
  EXPECT_THAT(texts(make("all")), ElementsAre("old", "waits"));
  EXPECT_THAT(texts(make("now", ViewRole::kEach, {From::kNow, {}})), IsEmpty());
  const WallTime arrived(std::chrono::milliseconds(1'700'000'000'000));  // As deliver() has it.
  EXPECT_THAT(texts(make("since", ViewRole::kEach, {From::kSince, arrived})),
              ElementsAre("old", "waits"));
  EXPECT_THAT(texts(make("later", ViewRole::kEach, {From::kSince, arrived + 1ms})), IsEmpty());
}

TEST_F(ViewsTest, AllIsNotTheTrash) {
  deliver({"deleted", "waits"});
  remove(View::kDefault, {1});
  EXPECT_THAT(texts(make("phone")), ElementsAre("waits"));
}

TEST_F(ViewsTest, BytesGoWhenEveryHoldingViewHasDeleted) {
  const View phone = make("phone");
  const View reader = make("reader", ViewRole::kReader);
  deliver({std::string(70'000, 'a'), std::string(70'000, 'b')});
  remove(View::kDefault, {1, 2});
  upkeep();
  EXPECT_EQ(kept(), 2U) << "the phone has not had them";
  remove(phone, {1, 2});
  const auto session = *store->open(kAccount, reader);
  upkeep();
  EXPECT_EQ(kept(), 0U) << "a reader holds nothing back";
  EXPECT_EQ(texts_of(*session).size(), 2U) << "a session keeps what it began with";
}

TEST_F(ViewsTest, UnreadMailStaysThoughEverybodyWasAway) {
  make("phone");
  deliver({std::string(70'000, 'a')});
  store.clock_.advance(1000 * kDay);
  upkeep();
  EXPECT_EQ(kept(), 1U);
  EXPECT_EQ(upkeep().holding->waiting.messages, 1U);
  ASSERT_TRUE(store->set_role(kAccount, View::kDefault, ViewRole::kReader));
  ASSERT_TRUE(
      store->set_role(kAccount, store->find_view(kAccount, "phone")->view, ViewRole::kReader));
  upkeep();
  EXPECT_EQ(kept(), 1U) << "nobody has deleted it";
  remove(View::kDefault, {1});
  upkeep();
  EXPECT_EQ(kept(), 1U) << "where no view holds, all have to have deleted it";
}

TEST_F(ViewsTest, WhatMainDeletesGoesForAll) {
  const View phone = make("phone");
  const View desk = make("desk", ViewRole::kMain);
  deliver({"a", "b"});
  const View later = make("later", ViewRole::kReader);
  remove(desk, {1});
  for (int round = 0; round < 2; ++round) {
    for (const View view : {View::kDefault, phone, desk, later})
      EXPECT_THAT(texts(view), ElementsAre("b")) << round;
    disk.set_content(log_paths("/data", kAccount).index, "");
    store.reopen();
  }
  remove(phone, {1});
  EXPECT_THAT(texts(desk), ElementsAre("b"));
}

TEST_F(ViewsTest, AnUnusedViewHoldsNothingUntilItComesBack) {
  const View phone = make("phone");
  deliver({std::string(70'000, 'a')});
  remove(View::kDefault, {1});
  store.clock_.advance(89 * kDay);
  EXPECT_THAT(texts(View::kDefault), IsEmpty());
  upkeep();
  EXPECT_EQ(kept(), 1U);
  store.clock_.advance(2 * kDay);
  EXPECT_FALSE(info("phone").holds);
  EXPECT_THAT(upkeep(30 * kDay * 30).unused_views, ElementsAre("phone"));
  EXPECT_EQ(texts(phone).size(), 1U) << "it sees what is still there";
  EXPECT_TRUE(info("phone").holds);
  store.clock_.advance(91 * kDay);
  EXPECT_TRUE(info("phone").holds) << "the one used last";
  EXPECT_THAT(texts(View::kDefault), IsEmpty());
  upkeep();
  EXPECT_EQ(kept(), 0U);
}

TEST_F(ViewsTest, WhatTheDefaultViewWasToldWhileItWasAloneIsNoUseOfIt) {
  deliver({"a"});
  ASSERT_TRUE(store->set_role(kAccount, View::kDefault, ViewRole::kMain));
  store.clock_.advance(200 * kDay);
  const View phone = make("phone");
  remove(phone, {1});
  EXPECT_TRUE(info("default").holds);  // Its owner read mail every day, and no record says so.
  upkeep();
  EXPECT_THAT(texts(View::kDefault), ElementsAre("a"));
}

TEST_F(ViewsTest, WithADamagedViewNothingIsReclaimed) {
  deliver({"a", "b"});
  make("phone");
  remove(View::kDefault, {1, 2});
  const std::string path = log_paths("/data", kAccount).log;
  std::string log = *disk.content(path);
  log[log.find("phone")] = 'q';
  disk.set_content(path, log);
  disk.set_content(log_paths("/data", kAccount).index, "");
  store.reopen();
  EXPECT_THAT(texts(View::kDefault), IsEmpty());
  upkeep();
  EXPECT_EQ(kept(), 2U) << "the phone has not had them";
  ASSERT_TRUE(store->repair(kAccount, {}));
  EXPECT_EQ(kept(), 2U);
}

TEST_F(ViewsTest, AViewThatComesBackDuringARewritingFindsWhatWasThere) {
  const View phone = make("phone");
  deliver({std::string(70'000, 'a'), std::string(70'000, 'b')});
  remove(View::kDefault, {1, 2});
  store.clock_.advance(91 * kDay);
  EXPECT_THAT(texts(View::kDefault), IsEmpty());  // The one used last: the phone holds nothing.
  bool has_come = false;
  const auto come = [&](std::uint64_t) {
    if (!std::exchange(has_come, true)) {
      EXPECT_TRUE(store->open(kAccount, phone));
    }
    return true;
  };
  ASSERT_TRUE(store->upkeep(kAccount, {}, come));
  ASSERT_TRUE(has_come);
  EXPECT_EQ(texts(phone).size(), 2U);
  store.reopen();
  EXPECT_EQ(texts(phone).size(), 2U);
}

TEST_F(ViewsTest, UseIsRecordedOnceADay) {
  const View phone = make("phone");
  const std::string log = log_paths("/data", kAccount).log;
  const std::size_t before = disk.content(log)->size();
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(store->open(kAccount, phone));
  EXPECT_EQ(disk.content(log)->size(), before);
  store.clock_.advance(kDay);
  EXPECT_FALSE(store->open_cached(kAccount, phone)) << "it has to be written";
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(store->open(kAccount, phone));
  const std::size_t after = disk.content(log)->size();
  EXPECT_GT(after, before);
  EXPECT_LT(after, before + 200);
  EXPECT_TRUE(store->open_cached(kAccount, phone));
  EXPECT_EQ(*info("phone").used, store.clock_.now());
}

TEST_F(ViewsTest, AMaildropWithoutViewsIsWrittenAsBefore) {
  deliver({"a"});
  const std::size_t before = disk.content(log_paths("/data", kAccount).log)->size();
  for (int i = 0; i < 3; ++i) {
    store.clock_.advance(30 * kDay);
    EXPECT_THAT(texts(View::kDefault), ElementsAre("a"));
  }
  EXPECT_EQ(disk.content(log_paths("/data", kAccount).log)->size(), before);
}

TEST_F(ViewsTest, AnEndedViewCannotDeleteAndHoldsNothing) {
  const View phone = make("phone");
  deliver({std::string(70'000, 'a')});
  remove(View::kDefault, {1});
  auto session = *store->open(kAccount, phone);
  ASSERT_TRUE(store->end_view(kAccount, phone));
  EXPECT_EQ(session->commit(end_deleting({MessageNumber{1}})).error().code, Errc::kNotFound);
  session.reset();
  EXPECT_EQ(store->open(kAccount, phone).error().code, Errc::kNotFound);
  EXPECT_EQ(store->end_view(kAccount, phone).error().code, Errc::kNotFound);
  upkeep();
  EXPECT_EQ(kept(), 0U);
  const View again = make("phone");
  EXPECT_NE(again, phone);
  EXPECT_EQ(store->end_view(kAccount, View::kDefault).error().code, Errc::kState);
}

TEST_F(ViewsTest, ThereAreOnlySoMany) {
  NewView one;
  one.views_max = 2;
  for (const char* const name : {"a", "b"}) {
    one.name = name;
    EXPECT_TRUE(store->make_view(kAccount, one));
  }
  EXPECT_EQ(store->make_view(kAccount, one).error().code, Errc::kExists);
  one.name = "c";
  const auto refused = store->make_view(kAccount, one);
  EXPECT_EQ(refused.error().code, Errc::kLimit);
  EXPECT_THAT(refused.error().message(), ::testing::HasSubstr("views_max"));
}

TEST_F(ViewsTest, ADevicesOwnViewIsMadeOrTaken) {
  const View phone = make("phone");
  EXPECT_FALSE(store->find_view(kAccount, "phone")->of_device);
  NewView own;
  own.name = device_view_name("Phone");
  own.of_device = true;
  EXPECT_EQ(*store->make_view(kAccount, own), phone);
  EXPECT_TRUE(store->find_view(kAccount, "phone")->of_device);
  EXPECT_EQ(store->make_view(kAccount, own).error().code, Errc::kExists);
  EXPECT_EQ(device_view_name("Anna's iPhone 15"), "anna-s-iphone-15");
  EXPECT_EQ(device_view_name("Trash"), "trash-");
}

TEST_F(ViewsTest, TellWhetherOthersDecide) {
  deliver({"a"});
  EXPECT_FALSE((*store->open(kAccount, View::kDefault))->others_decide());
  const View phone = make("phone");
  EXPECT_FALSE((*store->open(kAccount, phone))->others_decide());
  const View desk = make("desk", ViewRole::kMain);
  EXPECT_TRUE((*store->open(kAccount, phone))->others_decide());
  EXPECT_FALSE((*store->open(kAccount, desk))->others_decide());
  EXPECT_TRUE((*store->open_trash(kAccount, kWindow))->others_decide());
}

TEST_F(ViewsTest, SurviveARewriting) {
  deliver({std::string(100'000, 'x'), "seen", "unseen"});
  const View phone = make("phone", ViewRole::kMain, {From::kNow, {}});
  const View tablet = make("tablet", ViewRole::kReader);
  ASSERT_TRUE(store->end_view(kAccount, make("gone")));
  deliver({"new", "newer"});
  remove(View::kDefault, {1});
  remove(tablet, {1, 2});
  remove(View::kTrash, {2});
  const auto before = trash();
  EXPECT_THAT(before, ElementsAre(std::string(100'000, 'x')));
  store.clock_.advance(1h);
  EXPECT_GT(upkeep(30min).reclaimed_bytes, 0U);
  for (int round = 0; round < 3; ++round) {
    EXPECT_THAT(texts(View::kDefault), ElementsAre("seen", "unseen", "new", "newer")) << round;
    EXPECT_THAT(texts(phone), ElementsAre("new", "newer")) << round;
    EXPECT_THAT(texts(tablet), ElementsAre("unseen", "new", "newer")) << round;
    EXPECT_THAT(trash(), IsEmpty()) << round << ": hidden there, and gone";
    EXPECT_EQ(info("phone").role, ViewRole::kMain);
    if (round == 1) disk.set_content(log_paths("/data", kAccount).index, "");
    if (round == 0) ASSERT_TRUE(store->close());
    store.reopen();
  }
  EXPECT_GT(static_cast<std::uint32_t>(make("gone")), static_cast<std::uint32_t>(tablet) + 1)
      << "a number that was given is never given again";
}

TEST_F(ViewsTest, QuotaCountsAMessageOnceAndReleasesUnusedViews) {
  const View phone = make("phone");
  deliver({"12345", "12345"});
  EXPECT_EQ(store->usage(kAccount)->messages, 2U);
  remove(View::kDefault, {1, 2});
  EXPECT_EQ(store->usage(kAccount)->messages, 2U) << "the phone has them";
  EXPECT_EQ(store->usage(kAccount)->octets, 10U);

  const auto deliver_within = [&](std::uint64_t messages) {
    TextSource source("abc");
    NewMessage message("", source, 3);
    message.quota.messages = messages;
    return store->deliver(kAccount, message);
  };
  EXPECT_EQ(deliver_within(2).error().code, Errc::kLimit) << "the phone was used today";
  store.clock_.advance(8 * kDay);
  EXPECT_THAT(texts(View::kDefault), IsEmpty());
  EXPECT_EQ(store->usage(kAccount)->messages, 2U);
  EXPECT_EQ(store->least_usage(kAccount)->messages, 0U);
  const auto receipt = deliver_within(2);
  ASSERT_TRUE(receipt);
  EXPECT_THAT(receipt->released, ElementsAre("phone"));
  EXPECT_EQ(receipt->before.messages, 0U);
  EXPECT_TRUE(info("phone").is_released);
  EXPECT_EQ(store->usage(kAccount)->messages, 1U);
  EXPECT_EQ(texts(phone).size(), 3U) << "it sees what is still there";
  EXPECT_FALSE(info("phone").is_released);
}

TEST_F(ViewsTest, AMailThatWouldNotFitAllTheSameReleasesNothing) {
  const View phone = make("phone");
  deliver({"12345"});
  remove(View::kDefault, {1});
  store.clock_.advance(8 * kDay);
  EXPECT_THAT(texts(View::kDefault), IsEmpty());
  TextSource source(std::string(100, 'a'));
  NewMessage message("", source, 100);
  message.quota.octets = 50;
  EXPECT_EQ(store->deliver(kAccount, message).error().code, Errc::kLimit);
  EXPECT_TRUE(info("phone").holds);
  EXPECT_EQ(texts(phone).size(), 1U);
}

TEST_F(ViewsTest, OfDeliveriesTogetherOneTellsOfReleasedViews) {
  make("phone");
  deliver({"12345"});
  remove(View::kDefault, {1});
  store.clock_.advance(8 * kDay);
  EXPECT_THAT(texts(View::kDefault), IsEmpty());
  TextSource source("abc");
  NewMessage message("", source, 3);
  message.quota.messages = 2;  // Full with the first of them.
  const auto outcomes = store->deliver_together(kAccount, {&message, &message});
  ASSERT_TRUE(outcomes[0] && outcomes[1]);
  EXPECT_THAT(outcomes[0]->released, ElementsAre("phone"));
  EXPECT_THAT(outcomes[1]->released, IsEmpty());
}

TEST_F(ViewsTest, RetentionDeletesInAllViews) {
  const View phone = make("phone");
  deliver({"a"});
  store.clock_.advance(10 * kDay);
  UpkeepPolicy policy;
  policy.retention.days = std::chrono::days(5);
  {
    const auto session = store->open(kAccount, phone);
    EXPECT_EQ(store->upkeep(kAccount, policy, {})->expired, 0U) << "a session sees it";
  }
  EXPECT_EQ(store->upkeep(kAccount, policy, {})->expired, 1U);
  EXPECT_THAT(texts(phone), IsEmpty());
  EXPECT_THAT(texts(View::kDefault), IsEmpty());
}

TEST_F(ViewsTest, UndeletionBringsBackIntoOneView) {
  const View phone = make("phone");
  deliver({"a", "b", "c"});
  remove(phone, {1, 2});
  remove(View::kDefault, {2, 3});
  EXPECT_EQ(store->undelete(kAccount, phone, {})->size(), 2U);
  EXPECT_THAT(texts(phone), ElementsAre("a", "b", "c"));
  EXPECT_THAT(texts(View::kDefault), ElementsAre("a"));
  EXPECT_EQ(store->undelete(kAccount, View::kDefault, {})->size(), 2U);
  EXPECT_THAT(texts(View::kDefault), ElementsAre("a", "b", "c"));
}

TEST_F(ViewsTest, TheTrashShowsWhatWasDeletedWithinTheWindow) {
  const View phone = make("phone", ViewRole::kEach, {From::kNow, {}});
  deliver({"a", "b", "c"});
  remove(View::kDefault, {1});
  store.clock_.advance(kWindow / 2);
  remove(phone, {3});
  EXPECT_THAT(trash(), ElementsAre("a", "c"));
  remove(View::kTrash, {2});
  EXPECT_THAT(trash(), ElementsAre("a"));
  EXPECT_THAT(texts(View::kDefault), ElementsAre("b", "c")) << "hidden in the trash alone";
  store.clock_.advance(kWindow / 2 + 1h);
  EXPECT_THAT(trash(), IsEmpty());
}

TEST_F(ViewsTest, WhatCameBackAndIsDeletedAgainIsInTheTrashAgain) {
  deliver({"a", "b"});
  remove(View::kDefault, {1, 2});
  remove(View::kTrash, {1, 2});
  UndeleteRequest first;
  first.uids = {store->list(kAccount, View::kDefault)->front().uid};
  EXPECT_EQ(store->undelete(kAccount, View::kDefault, first)->size(), 1U);
  EXPECT_THAT(trash(), IsEmpty());
  remove(View::kDefault, {1});
  EXPECT_THAT(trash(), ElementsAre("a"));
  disk.set_content(log_paths("/data", kAccount).index, "");
  store.reopen();
  EXPECT_THAT(trash(), ElementsAre("a"));
}

TEST_F(ViewsTest, TheTrashKeepsBytesForTheWindowUnlessItPurges) {
  deliver({std::string(70'000, 'a')});
  remove(View::kDefault, {1});
  remove(View::kTrash, {1});
  store.clock_.advance(1h);
  upkeep(kWindow);
  EXPECT_EQ(kept(), 1U);
  upkeep(kWindow, true);
  EXPECT_EQ(kept(), 0U);
}

TEST_F(ViewsTest, OneProcessHasTheTrashThoughTheLogWasReplaced) {
  deliver({std::string(70'000, 'a'), "b"});
  TestStore other(disk);
  EXPECT_EQ(other.texts().size(), 2U);
  remove(View::kDefault, {1});
  EXPECT_GT(upkeep().reclaimed_bytes, 0U);
  const auto session = store->open_trash(kAccount, kWindow);
  ASSERT_TRUE(session);
  EXPECT_EQ(other->open_trash(kAccount, kWindow).error().code, Errc::kBusy);
}

TEST_F(ViewsTest, OfSeveralProcessesOneSeesWhatTheOtherMade) {
  deliver({"a"});
  TestStore other(disk);
  EXPECT_THAT(other.texts(), ElementsAre("a"));
  const View phone = make("phone");
  EXPECT_FALSE(other->find_view_cached(kAccount, "phone")) << "the log has grown";
  EXPECT_EQ(other->find_view(kAccount, "phone")->view, phone);
  EXPECT_EQ((*other->find_view_cached(kAccount, "phone"))->view, phone);
}

}  // namespace
}  // namespace restante::maildrop::log
