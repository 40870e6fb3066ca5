#include "fetch/state/local_mail.h"

#include "fetch/state/test_local_mail.h"

namespace restante::fetch {
namespace {

using archive::Path;
using archive::TempFolder;
using testing::HasSubstr;
using testing::SizeIs;

constexpr std::string_view kAlarm = "Subject: alarm\r\n\r\ndisk full\r\n";

TEST_F(LocalMailTest, AMailboxThatIsGoneIsNoMailThatSomebodyRemoved) {
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

TEST_F(LocalMailTest, AccountsDoNotShareWhatTheyKnow) {
  keep(*open(), "u1", "Subject: a\r\n\r\n");
  account_.name = "work";
  EXPECT_THAT(open()->known(), SizeIs(0));
}

}  // namespace
}  // namespace restante::fetch
