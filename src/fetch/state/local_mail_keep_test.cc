// What comes: new mail, mail that is known under another id, and mail that waits for a scan.
#include "fetch/state/local_mail.h"

#include "fetch/hand_on/hand_on_names.h"
#include "fetch/state/test_local_mail.h"

namespace restante::fetch {
namespace {

using testing::SizeIs;

constexpr std::string_view kAlarm = "Subject: alarm\r\n\r\ndisk full\r\n";

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

}  // namespace
}  // namespace restante::fetch
