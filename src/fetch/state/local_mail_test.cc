#include "fetch/state/local_mail.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "archive/mailbox/test_support.h"
#include "fetch/hand_on/hand_on_names.h"

namespace restante::fetch {
namespace {

using archive::Path;
using archive::TempFolder;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

// Nothing in it tells it from another one.
constexpr std::string_view kAlarm = "Subject: alarm\r\n\r\ndisk full\r\n";

class LocalMailTest : public testing::Test {
 protected:
  LocalMailTest() { account_.name = "home"; }

  std::unique_ptr<LocalMail> open() {
    auto local = LocalMail::open(account_, folder_.path(), clock_, scanning_);
    EXPECT_TRUE(local) << local.error().message();
    return local ? std::move(*local) : nullptr;
  }
  static Arrived arrive(LocalMail& local, const std::string& uid, std::string_view octets) {
    Arrived arrived{{1, uid, octets.size(), Why::kNew}, nullptr, {}};
    arrived.incoming = *local.begin();
    EXPECT_TRUE(arrived.incoming->write(octets));
    arrived.received = *arrived.incoming->finish();
    return arrived;
  }
  static std::vector<Landed> keep(LocalMail& local, const std::string& uid,
                                  std::string_view octets) {
    std::vector<Arrived> group;
    group.push_back(arrive(local, uid, octets));
    auto landed = local.keep(std::move(group));
    EXPECT_TRUE(landed) << landed.error().message();
    return landed ? std::move(*landed) : std::vector<Landed>();
  }
  static void vanish(LocalMail& local, const std::string& uid) {
    Change change{uid, local.entry_of(uid)};
    change.entry.state = UidState::kVanished;
    EXPECT_TRUE(local.store({&change, 1}));
  }
  /// How many messages a list would have.
  std::int64_t shown() const {
    auto database = archive::Database::open(folder_.path(), archive::Access::kRead);
    auto count = database->prepare("SELECT count(*) FROM messages WHERE removed = 0");
    EXPECT_TRUE(*count->step());
    return count->number(0);
  }
  std::vector<std::string> files() const {
    std::vector<std::string> names = archive::sorted_names(folder_.path() / "home" / "new");
    return names;
  }

  TempFolder folder_;
  ManualClock clock_{archive::some_time()};
  profile::Account account_;
  Scanning scanning_ = Scanning::kOff;
};

TEST_F(LocalMailTest, WhatIsKeptIsKnownToTheNextRun) {
  const auto landed = keep(*open(), "u1", "Subject: a\r\n\r\nbody\r\n");
  ASSERT_THAT(landed, SizeIs(1));
  EXPECT_TRUE(landed[0].is_new);
  const auto local = open();
  ASSERT_TRUE(local->known().contains("u1"));
  const KnownUid& entry = local->known().at("u1");
  EXPECT_EQ(entry.state, UidState::kStored);
  EXPECT_EQ(entry.sha256, landed[0].sha256);
  EXPECT_EQ(entry.octets, 20U);
  EXPECT_EQ(entry.first_seen, local->now());
  EXPECT_TRUE(*local->is_safe(entry.sha256));
  EXPECT_THAT(files(), SizeIs(1));
}

TEST_F(LocalMailTest, TwoIdsWithTheSameOctetsAreTwoMessagesInOneFile) {
  {
    const auto local = open();
    keep(*local, "u1", kAlarm);
    const Landed second = keep(*local, "u2", kAlarm).at(0);
    EXPECT_TRUE(second.is_new);
    EXPECT_EQ(second.copy, 2U);
    EXPECT_FALSE(keep(*local, "u2", kAlarm).at(0).is_new) << "the same id is the same message";
    EXPECT_EQ(local->known().at("u1").sha256, local->known().at("u2").sha256);
  }
  EXPECT_THAT(files(), SizeIs(1));
  EXPECT_EQ(shown(), 2);
}

TEST_F(LocalMailTest, TwoInOneGroupAreTwo) {
  const auto local = open();
  std::vector<Arrived> group;
  for (const char* const uid : {"u1", "u2", "u3"}) group.push_back(arrive(*local, uid, kAlarm));
  const auto landed = local->keep(std::move(group));
  ASSERT_TRUE(landed);
  for (const Landed& each : *landed) EXPECT_TRUE(each.is_new);
  EXPECT_EQ(shown(), 3);
  EXPECT_THAT(files(), SizeIs(1));
}

TEST_F(LocalMailTest, AnotherOneComesAlthoughTheFirstWasRemoved) {
  keep(*open(), "u1", kAlarm);
  std::filesystem::remove(folder_.path() / "home" / "new" / files().at(0));
  ASSERT_EQ(*archive::accept_gone(open()->database(), {"home"}, archive::Absence::kDeleted), 1U);
  const auto local = open();
  const Landed second = keep(*local, "u2", kAlarm).at(0);
  EXPECT_TRUE(second.is_new);
  EXPECT_THAT(files(), SizeIs(1));
  EXPECT_EQ(shown(), 1);
  EXPECT_FALSE(keep(*local, "u1", kAlarm).at(0).is_new) << "that one stays removed";
  EXPECT_EQ(shown(), 1);
}

TEST_F(LocalMailTest, AfterARenumberingContentDecidesOneForOne) {
  {
    const auto local = open();
    keep(*local, "u1", kAlarm);
    keep(*local, "u2", kAlarm);
    for (const char* const uid : {"u1", "u2"}) vanish(*local, uid);
    local->let_content_decide();
    EXPECT_FALSE(keep(*local, "n1", kAlarm).at(0).is_new);
    EXPECT_FALSE(keep(*local, "n2", kAlarm).at(0).is_new);
    EXPECT_TRUE(keep(*local, "n3", kAlarm).at(0).is_new);
  }
  EXPECT_EQ(shown(), 3);
}

TEST_F(LocalMailTest, AMessageThatWasMovedAwayAndBackIsTheSame) {
  constexpr std::string_view kStamped = "Received: by a\r\nSubject: a\r\n\r\nb\r\n";
  const auto local = open();
  keep(*local, "u1", kStamped);
  keep(*local, "a1", kAlarm);
  for (const char* const uid : {"u1", "a1"}) vanish(*local, uid);
  EXPECT_FALSE(keep(*local, "u2", kStamped).at(0).is_new);
  EXPECT_TRUE(keep(*local, "a2", kAlarm).at(0).is_new) << "nothing says that it is the first one";
}

TEST_F(LocalMailTest, LinesThatAServerAddsMakeNoOtherMessage) {
  const auto local = open();
  const std::string body = "Message-ID: <1@a>\r\nSubject: a\r\n\r\nbody\r\n";
  const Landed first = keep(*local, "u1", body).at(0);
  const Landed again = keep(*local, "u1", "Status: RO\r\n" + body).at(0);
  EXPECT_FALSE(again.is_new);
  EXPECT_EQ(again.sha256, first.sha256);
  EXPECT_EQ(local->known().at("u1").octets, body.size() + 12) << "not fetched again for its size";
  EXPECT_TRUE(keep(*local, "u1", "Message-ID: <2@a>\r\n\r\nbody\r\n").at(0).is_new);
  EXPECT_TRUE(keep(*local, "u1", "Message-ID: <2@a>\r\n\r\nother\r\n").at(0).is_new);
  EXPECT_THAT(files(), SizeIs(3));
}

TEST_F(LocalMailTest, AnIdThatIsGivenOutAgainHidesNoMessageThatLooksAlike) {
  const auto local = open();
  keep(*local, "u1", kAlarm);
  Change gone{"u1", local->entry_of("u1")};
  gone.entry.state = UidState::kGone;
  ASSERT_TRUE(local->store({&gone, 1}));
  EXPECT_TRUE(keep(*local, "u1", "X-Number: 2\r\n" + std::string(kAlarm)).at(0).is_new);
  EXPECT_TRUE(keep(*local, "u2", kAlarm).at(0).is_new)
      << "the first one was a message all the same";
}

TEST_F(LocalMailTest, AnEssenceDoesNotOutliveItsContent) {
  const auto local = open();
  keep(*local, "u1", "Message-ID: <1@a>\r\n\r\nbody\r\n");
  auto state = State::open(local->database(), account_.name);
  ASSERT_TRUE(state);
  const std::string essence = *state->essence_of("u1");
  EXPECT_NE(essence, "");
  Change change{"u1", local->entry_of("u1")};
  change.entry.attempts = 1;
  ASSERT_TRUE(local->store({&change, 1}));
  EXPECT_EQ(*state->essence_of("u1"), essence) << "the content is the same";
  keep(*local, "u1", "X-A: b\r\n\r\n");
  EXPECT_EQ(*state->essence_of("u1"), "") << "this one has none";
}

TEST_F(LocalMailTest, AMessageThatTakesAnIdOverIsNotAsOldAsTheOneBefore) {
  const auto local = open();
  keep(*local, "u1", kAlarm);
  clock_.advance(std::chrono::days(20));
  keep(*local, "u1", "Subject: another\r\n\r\n");
  EXPECT_EQ(local->known().at("u1").first_seen, local->now());
  EXPECT_EQ(local->known().at("u1").seen_days, 1U);
}

TEST_F(LocalMailTest, AMailboxThatIsGoneIsNoRemovedMail) {
  static_cast<void>(open());
  std::filesystem::remove_all(folder_.path() / "home");
  keep(*open(), "u1", kAlarm);  // Nothing was in it.
  const TempFolder elsewhere;
  const Path away = elsewhere.path() / "home";
  std::filesystem::rename(folder_.path() / "home", away);
  std::filesystem::create_directory(folder_.path() / "home");  // Where its disk was mounted.
  const auto gone = LocalMail::open(account_, folder_.path(), clock_);
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().code, Errc::kIo);
  EXPECT_THAT(gone.error().detail, HasSubstr("mounted"));
  std::filesystem::remove(folder_.path() / "home");
  std::filesystem::rename(away, folder_.path() / "home");
  EXPECT_FALSE(open()->known().at("u1").removed);
}

TEST_F(LocalMailTest, ADamagedFileIsNotWholeAndIsRepaired) {
  const std::string sha256 = keep(*open(), "u1", kAlarm).at(0).sha256;
  const Path file = folder_.path() / "home" / "new" / files().at(0);
  const std::string content = archive::read_file(file);
  std::string flipped = content;
  flipped[3] ^= 1;
  for (const std::string& damaged : {std::string(), content.substr(1), flipped}) {
    archive::write_file(file, damaged);
    const auto local = open();
    EXPECT_FALSE(local->is_whole(local->known().at("u1")));
    EXPECT_FALSE(keep(*local, "u1", kAlarm).at(0).is_new);
    EXPECT_TRUE(local->is_whole(local->known().at("u1")));
    EXPECT_EQ(archive::read_file(file), content);
    EXPECT_THAT(files(), SizeIs(1));
  }
}

TEST_F(LocalMailTest, WhatNothingHereKnowsIsLost) {
  keep(*open(), "u1", kAlarm);
  std::filesystem::remove(folder_.path() / "home" / "new" / files().at(0));
  EXPECT_FALSE(open()->known().at("u1").lost) << "somebody removed it";
  ASSERT_TRUE(open()->database().run("DELETE FROM messages"));
  {
    const auto local = open();
    EXPECT_TRUE(local->known().at("u1").lost);
    keep(*local, "u1", kAlarm);
  }
  EXPECT_THAT(files(), SizeIs(1));
  EXPECT_FALSE(open()->known().at("u1").lost);
}

TEST_F(LocalMailTest, TimesOfAClockThatWasAheadDoNotLast) {
  Change change{"u1", {}};
  change.entry.state = UidState::kFailed;
  change.entry.first_seen = open()->now() + std::chrono::days(3650);
  change.entry.retry_after = change.entry.first_seen;
  ASSERT_TRUE(open()->store({&change, 1}));
  ASSERT_TRUE(open()->set_shrunken_since(change.entry.first_seen));
  const auto local = open();
  EXPECT_EQ(local->known().at("u1").retry_after, local->now());
  EXPECT_EQ(local->known().at("u1").first_seen, local->now());
  EXPECT_EQ(*local->shrunken_since(), std::nullopt);
}

TEST_F(LocalMailTest, AClockThatJumpedIsDoubtedUntilItIsConfirmed) {
  EXPECT_FALSE(open()->is_clock_doubted());
  clock_.advance(std::chrono::days(100));
  EXPECT_TRUE(open()->is_clock_doubted());
  EXPECT_TRUE(open()->is_clock_doubted());
  ASSERT_TRUE(open()->confirm_clock());
  EXPECT_FALSE(open()->is_clock_doubted());
}

TEST_F(LocalMailTest, DaysAreCountedToTwo) {
  KnownUid entry;
  const Seconds now = open()->now();
  entry.see_on(now);
  entry.see_on(now);
  EXPECT_EQ(entry.seen_days, 1U);
  entry.see_on(now + std::chrono::days(1));
  entry.see_on(now + std::chrono::days(2));
  EXPECT_EQ(entry.seen_days, kSeenDaysMax);
}

TEST_F(LocalMailTest, OneRunAtATime) {
  const auto first = open();
  const auto second = LocalMail::open(account_, folder_.path(), clock_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::kBusy);
  EXPECT_THAT(second.error().detail, HasSubstr("\"home\""));
}

TEST_F(LocalMailTest, WhatIsGoneIsNotSafeAndComesAgain) {
  const std::string sha256 = keep(*open(), "u1", "Subject: a\r\n\r\n").at(0).sha256;
  std::filesystem::remove(folder_.path() / "home" / "new" / files().at(0));
  const auto local = open();
  EXPECT_TRUE(*local->is_gone(sha256));
  EXPECT_FALSE(*local->was_removed(sha256));
  EXPECT_FALSE(*local->is_safe(sha256));
  EXPECT_FALSE(keep(*local, "u1", "Subject: a\r\n\r\n").at(0).is_new);
  EXPECT_THAT(files(), SizeIs(1));
  EXPECT_FALSE(*local->is_gone(sha256));
  EXPECT_TRUE(*local->is_safe(sha256));
}

TEST_F(LocalMailTest, WhatItsOwnerKnowsToBeGoneStaysAwayAndOnTheServer) {
  const std::string sha256 = keep(*open(), "u1", "Subject: a\r\n\r\n").at(0).sha256;
  std::filesystem::remove(folder_.path() / "home" / "new" / files().at(0));
  const auto local = open();
  ASSERT_EQ(*archive::accept_gone(local->database(), {"home"}, archive::Absence::kAccepted), 1U);
  EXPECT_FALSE(*local->is_safe(sha256));
  EXPECT_FALSE(keep(*local, "u1", "Subject: a\r\n\r\n").at(0).is_new);
  EXPECT_THAT(files(), SizeIs(0));
}

TEST_F(LocalMailTest, RemovedMailStaysRemovedAndIsSafe) {
  const std::string sha256 = keep(*open(), "u1", "Subject: a\r\n\r\n").at(0).sha256;
  std::filesystem::remove(folder_.path() / "home" / "new" / files().at(0));
  ASSERT_EQ(*archive::accept_gone(open()->database(), {"home"}, archive::Absence::kDeleted), 1U);
  const auto local = open();
  EXPECT_TRUE(*local->was_removed(sha256));
  EXPECT_TRUE(*local->is_safe(sha256));
  EXPECT_TRUE(local->known().at("u1").removed);
  EXPECT_FALSE(keep(*local, "u1", "Subject: a\r\n\r\n").at(0).is_new);
  EXPECT_THAT(files(), SizeIs(0));
  EXPECT_EQ(local->known().at("u1").state, UidState::kStored);
}

TEST_F(LocalMailTest, AFileThatACrashLeftWithoutItsRowIsFoundByContent) {
  {
    const auto local = open();
    std::vector<std::unique_ptr<archive::Incoming>> batch;
    batch.push_back(arrive(*local, "u1", "Subject: a\r\n\r\n").incoming);
    ASSERT_TRUE(local->mailbox().keep(std::move(batch)));
  }
  const auto local = open();
  EXPECT_FALSE(local->known().contains("u1"));
  EXPECT_FALSE(keep(*local, "u1", "Subject: a\r\n\r\n").at(0).is_new);
  EXPECT_THAT(files(), SizeIs(1));
  EXPECT_EQ(local->known().at("u1").state, UidState::kStored);
}

TEST_F(LocalMailTest, MessagesWithoutIdAreKnownByContent) {
  const auto local = open();
  const std::string sha256 = keep(*local, "", "Subject: a\r\n\r\n").at(0).sha256;
  EXPECT_TRUE(local->known().contains(content_uid(sha256)));
}

TEST_F(LocalMailTest, ComingBackIsCountedWhileTheContentIsTheSame) {
  const auto local = open();
  for (std::uint32_t times = 0; times < 3; ++times) {
    keep(*local, "u1", "Subject: a\r\n\r\n");
    EXPECT_EQ(local->known().at("u1").attempts, times);
    Change gone{"u1", local->entry_of("u1")};
    gone.entry.state = UidState::kGone;
    ASSERT_TRUE(local->store({&gone, 1}));
  }
  keep(*local, "u1", "Subject: another\r\n\r\n");
  EXPECT_EQ(local->known().at("u1").attempts, 0U);
}

TEST_F(LocalMailTest, EntriesAreWrittenWhole) {
  Change change{"u1", {}};
  change.entry.state = UidState::kFailed;
  change.entry.octets = 5'000'000'000;
  change.entry.first_seen = Seconds(std::chrono::seconds(1));
  change.entry.attempts = 3;
  change.entry.retry_after = Seconds(std::chrono::seconds(2));
  change.entry.reason = "it says \"no\"";
  ASSERT_TRUE(open()->store({&change, 1}));
  const KnownUid read = open()->known().at("u1");
  EXPECT_EQ(read.state, change.entry.state);
  EXPECT_EQ(read.sha256, "");
  EXPECT_EQ(read.octets, change.entry.octets);
  EXPECT_EQ(read.first_seen, change.entry.first_seen);
  EXPECT_EQ(read.attempts, change.entry.attempts);
  EXPECT_EQ(read.retry_after, change.entry.retry_after);
  EXPECT_EQ(read.reason, change.entry.reason);
}

TEST_F(LocalMailTest, TheTimeOfTheFirstShrunkenListingIsRemembered) {
  const Seconds since(std::chrono::seconds(123));
  EXPECT_EQ(*open()->shrunken_since(), std::nullopt);
  ASSERT_TRUE(open()->set_shrunken_since(since));
  EXPECT_EQ(*open()->shrunken_since(), since);
  ASSERT_TRUE(open()->set_shrunken_since(std::nullopt));
  EXPECT_EQ(*open()->shrunken_since(), std::nullopt);
}

class ScannedMailTest : public LocalMailTest {
 protected:
  ScannedMailTest() {
    scanning_ = Scanning::kFirst;
    profile::HandOn target;
    target.kind = profile::HandOn::Kind::kMbox;
    target.target = "/nowhere";
    account_.hand_on.push_back(target);
  }
  static std::vector<archive::Held> waiting(LocalMail& local) {
    return *local.held()->due(local.now().time_since_epoch().count(), 10);
  }
  std::uint64_t queued(LocalMail& local) const {
    auto queue = HandOnQueue::open(local.database(), account_.name);
    return queue->counts(destination_of(account_.hand_on[0]))->waiting;
  }
};

TEST_F(ScannedMailTest, WhatComesIsSafeAndOutOfSightUntilItIsLetIn) {
  const auto local = open();
  const Landed landed = keep(*local, "u1", "Subject: a\r\n\r\n").at(0);
  EXPECT_TRUE(landed.is_new && landed.is_held);
  EXPECT_THAT(files(), SizeIs(0));
  EXPECT_TRUE(*local->is_safe(landed.sha256));
  EXPECT_FALSE(*local->was_removed(landed.sha256));
  EXPECT_EQ(local->known().at("u1").state, UidState::kStored);
  EXPECT_EQ(queued(*local), 0U);
  ASSERT_TRUE(local->let_in(waiting(*local)));
  EXPECT_THAT(files(), SizeIs(1));
  EXPECT_EQ(queued(*local), 1U);
  EXPECT_THAT(waiting(*local), SizeIs(0));
}

TEST_F(ScannedMailTest, WhatWasRenumberedIsNotHandedOnAgain) {
  scanning_ = Scanning::kOff;
  const auto local = open();
  keep(*local, "u1", kAlarm);
  EXPECT_EQ(queued(*local), 1U);
  ASSERT_TRUE(local->database().run("DELETE FROM hand_on"));  // Done, under another target's name.
  vanish(*local, "u1");
  local->let_content_decide();
  EXPECT_FALSE(keep(*local, "n1", kAlarm).at(0).is_new);
  EXPECT_EQ(queued(*local), 0U);
  EXPECT_TRUE(keep(*local, "n2", kAlarm).at(0).is_new);
  EXPECT_EQ(queued(*local), 1U) << "a second message of the same octets";
}

TEST_F(ScannedMailTest, AContentIsThereOnceWhereverItIs) {
  const auto local = open();
  keep(*local, "u1", "Subject: a\r\n\r\n");
  EXPECT_TRUE(keep(*local, "u2", "Subject: a\r\n\r\n").at(0).is_held);
  EXPECT_THAT(waiting(*local), SizeIs(1));
  ASSERT_TRUE(local->let_in(waiting(*local)));
  EXPECT_EQ(shown(), 2);
  EXPECT_EQ(queued(*local), 2U);
  const Landed third = keep(*local, "u3", "Subject: a\r\n\r\n").at(0);
  EXPECT_TRUE(third.is_new && !third.is_held);
  EXPECT_THAT(files(), SizeIs(1));
  EXPECT_EQ(shown(), 3);
  EXPECT_THAT(waiting(*local), SizeIs(0));
}

TEST_F(ScannedMailTest, WhatIsInQuarantineStaysThereWithoutAScanner) {
  {
    const auto local = open();
    keep(*local, "u1", "Subject: a\r\n\r\n");
    ASSERT_TRUE(local->held()->mark_infected(waiting(*local)[0], "Local.Test"));
  }
  scanning_ = Scanning::kOff;
  const auto local = open();
  const Landed again = keep(*local, "u1", "Subject: a\r\n\r\n").at(0);
  EXPECT_TRUE(again.is_held);
  EXPECT_FALSE(again.is_new);
  EXPECT_TRUE(keep(*local, "u3", "Subject: b\r\n\r\n").at(0).is_new);
  EXPECT_THAT(files(), SizeIs(1));
}

TEST_F(LocalMailTest, AccountsDoNotShareWhatTheyKnow) {
  keep(*open(), "u1", "Subject: a\r\n\r\n");
  account_.name = "work";
  EXPECT_THAT(open()->known(), SizeIs(0));
}

}  // namespace
}  // namespace restante::fetch
