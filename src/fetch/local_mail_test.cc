#include "fetch/local_mail.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "archive/test_support.h"
#include "fetch/hand_on_names.h"

namespace restante::fetch {
namespace {

using archive::Path;
using archive::TempFolder;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

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

TEST_F(LocalMailTest, TheSameContentUnderAnotherIdIsNotThereTwice) {
  const auto local = open();
  keep(*local, "u1", "Subject: a\r\n\r\n");
  EXPECT_FALSE(keep(*local, "u2", "Subject: a\r\n\r\n").at(0).is_new);
  EXPECT_EQ(local->known().at("u1").sha256, local->known().at("u2").sha256);
  EXPECT_THAT(files(), SizeIs(1));
}

TEST_F(LocalMailTest, OneRunAtATime) {
  const auto first = open();
  const auto second = LocalMail::open(account_, folder_.path(), clock_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::kBusy);
  EXPECT_THAT(second.error().detail, HasSubstr("\"home\""));
}

TEST_F(LocalMailTest, WhatSomebodyRemovedStaysRemovedAndIsSafe) {
  const std::string sha256 = keep(*open(), "u1", "Subject: a\r\n\r\n").at(0).sha256;
  std::filesystem::remove(folder_.path() / "home" / "new" / files().at(0));
  const auto local = open();
  EXPECT_TRUE(*local->was_removed(sha256));
  EXPECT_TRUE(*local->is_safe(sha256));
  EXPECT_TRUE(local->known().at("u1").removed);
  EXPECT_FALSE(keep(*local, "u2", "Subject: a\r\n\r\n").at(0).is_new);
  EXPECT_THAT(files(), SizeIs(0));
  EXPECT_EQ(local->known().at("u2").state, UidState::kStored);
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
    ASSERT_TRUE(local->record({&gone, 1}));
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
  ASSERT_TRUE(open()->record({&change, 1}));
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

TEST_F(ScannedMailTest, AContentIsThereOnceWhereverItIs) {
  const auto local = open();
  keep(*local, "u1", "Subject: a\r\n\r\n");
  EXPECT_FALSE(keep(*local, "u2", "Subject: a\r\n\r\n").at(0).is_new);
  ASSERT_TRUE(local->let_in(waiting(*local)));
  const Landed shown = keep(*local, "u3", "Subject: a\r\n\r\n").at(0);
  EXPECT_FALSE(shown.is_new || shown.is_held);
  EXPECT_THAT(files(), SizeIs(1));
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
  const Landed again = keep(*local, "u2", "Subject: a\r\n\r\n").at(0);
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
