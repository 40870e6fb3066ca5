#include "archive/database/held_mail.h"

#include <gmock/gmock.h>

#include "archive/care/verify.h"
#include "archive/database/catalog.h"
#include "archive/index/reindex.h"
#include "archive/mailbox/test_support.h"

namespace restante::archive {
namespace {

namespace fs = std::filesystem;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view kMessage = "Subject: one\r\n\r\nx\r\n";

class HeldMailTest : public ArchiveTest {
 protected:
  HeldMailTest()
      : database_(std::move(*Database::open(archive_.path(), Access::kCreate))), mailbox_(open()) {}

  HeldMail open_held() {
    auto held = HeldMail::open(database_, archive_.path(), "home", Create::kYes, clock_);
    EXPECT_TRUE(held);
    return std::move(*held);
  }
  static Kept hold(HeldMail& held, std::string_view octets, bool with_row = true) {
    std::vector<std::unique_ptr<Incoming>> batch;
    batch.push_back(*held.begin());
    EXPECT_TRUE(batch[0]->write(octets) && batch[0]->finish());
    const auto kept = held.keep(std::move(batch));
    EXPECT_TRUE(kept && (!with_row || held.note(kept->front())));
    return kept->front();
  }
  std::vector<Held> due(HeldMail& held) const {
    const auto now = std::chrono::floor<std::chrono::seconds>(clock_.now());
    return *held.due(now.time_since_epoch().count(), 10);
  }
  Path quarantine() const { return quarantine_folder(archive_.path()) / "home" / "new"; }
  Absence absence_of(std::string_view sha256) {
    return *Catalog::open(database_)->absence_of("home", sha256);
  }

  Database database_;
  Mailbox mailbox_;
};

TEST_F(HeldMailTest, WhatIsHeldIsNoMessage) {
  HeldMail held = open_held();
  const Kept kept = hold(held, kMessage);
  EXPECT_TRUE(*held.holds(kept.sha256));
  EXPECT_THAT(sorted_names(quarantine()), SizeIs(1));
  EXPECT_TRUE(synchronize_all(database_, archive_.path(), clock_));
  EXPECT_FALSE(*Catalog::open(database_)->knows("home", kept.sha256));
  EXPECT_THAT(sorted_names(maildir() / "new"), IsEmpty());
  const auto all = all_held(database_);
  ASSERT_THAT(*all, SizeIs(1));
  EXPECT_EQ(all->front().size, kMessage.size());
  EXPECT_EQ(count_held(database_, "home")->waiting, 1U);
  EXPECT_EQ(count_held(database_, "work")->waiting, 0U);
}

TEST_F(HeldMailTest, VerdictsLast) {
  HeldMail held = open_held();
  hold(held, "Subject: bad\r\n\r\n");
  hold(held, "Subject: odd\r\n\r\n");
  const auto waiting = due(held);
  ASSERT_THAT(waiting, SizeIs(2));
  ASSERT_TRUE(held.mark_infected(waiting[0], "Local.Test"));
  ASSERT_TRUE(held.put_off(waiting[1], "too large", waiting[1].arrived + 60));
  EXPECT_THAT(due(held), IsEmpty());
  const auto all = *all_held(database_);
  EXPECT_EQ(all[0].state, HeldState::kInfected);
  EXPECT_EQ(all[0].found, "Local.Test");
  EXPECT_EQ(all[1].reason, "too large");
  EXPECT_EQ(all[1].attempts, 1U);
  clock_.advance(std::chrono::seconds(61));
  EXPECT_THAT(due(held), SizeIs(1));
}

TEST_F(HeldMailTest, TheWayIntoTheMailboxCanBeBrokenOffAnywhere) {
  {
    HeldMail held = open_held();
    hold(held, kMessage);
    const auto moved = held.move_to(mailbox_, due(held));
    ASSERT_TRUE(moved);
    EXPECT_EQ(moved->front().size, kMessage.size());
  }  // And no transaction.
  EXPECT_THAT(sorted_names(quarantine()), IsEmpty());
  EXPECT_THAT(sorted_names(maildir() / "new"), SizeIs(1));
  HeldMail held = open_held();
  ASSERT_TRUE(held.synchronize(mailbox_));
  const auto again = due(held);
  ASSERT_THAT(again, SizeIs(1));
  const auto moved = held.move_to(mailbox_, again);
  ASSERT_TRUE(moved);
  EXPECT_TRUE(moved->front().was_there);
  ASSERT_TRUE(held.forget(again[0]));
  EXPECT_THAT(sorted_names(maildir() / "new"), SizeIs(1));
}

TEST_F(HeldMailTest, AMessageInBothPlacesEndsInOne) {
  HeldMail held = open_held();
  hold(held, kMessage);
  keep(mailbox_, {std::string(kMessage)});
  ASSERT_TRUE(held.move_to(mailbox_, due(held)));
  EXPECT_THAT(sorted_names(quarantine()), IsEmpty());
  EXPECT_THAT(sorted_names(maildir() / "new"), SizeIs(1));
}

TEST_F(HeldMailTest, AFileWithoutARowWaits) {
  {
    HeldMail held = open_held();
    hold(held, kMessage, /*with_row=*/false);
  }
  HeldMail held = open_held();
  ASSERT_TRUE(held.synchronize(mailbox_));
  ASSERT_THAT(due(held), SizeIs(1));
  EXPECT_EQ(due(held)[0].size, kMessage.size());
}

TEST_F(HeldMailTest, WhatIsDeletedStaysRemoved) {
  HeldMail held = open_held();
  const Kept one = hold(held, kMessage);
  ASSERT_TRUE(held.discard(due(held)[0]));
  EXPECT_FALSE(*held.holds(one.sha256));
  EXPECT_THAT(sorted_names(quarantine()), IsEmpty());
  EXPECT_EQ(absence_of(one.sha256), Absence::kDeleted);
  // By hand, the same.
  const Kept two = hold(held, "Subject: two\r\n\r\n");
  fs::remove(quarantine() / two.name);
  HeldMail next = open_held();
  ASSERT_TRUE(next.synchronize(mailbox_));
  EXPECT_FALSE(*next.holds(two.sha256));
  EXPECT_EQ(absence_of(two.sha256), Absence::kGone);
}

TEST_F(HeldMailTest, ReindexKeepsVerdictsAndLosesNoMessage) {
  std::string sha256;
  {
    HeldMail held = open_held();
    sha256 = hold(held, kMessage).sha256;
    ASSERT_TRUE(held.mark_infected(due(held)[0], "Local.Test"));
  }
  ASSERT_TRUE(reindex(archive_.path(), {}));
  EXPECT_EQ(all_held(database_)->front().found, "Local.Test");
  fs::remove(Database::file_of(archive_.path()));
  ASSERT_TRUE(reindex(archive_.path(), {}));
  Database anew = std::move(*Database::open(archive_.path(), Access::kWrite));
  const auto all = *all_held(anew);
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_EQ(all[0].sha256, sha256);
  EXPECT_EQ(all[0].state, HeldState::kWaiting);
  EXPECT_FALSE(*Catalog::open(anew)->knows("home", sha256));
}

TEST_F(HeldMailTest, VerifyLooksThereToo) {
  HeldMail held = open_held();
  const Kept kept = hold(held, kMessage);
  const auto check = [&] { return *verify(archive_.path(), &database_, {"home"}, {}, {}); };
  EXPECT_EQ(check().messages, 1U);
  EXPECT_EQ(check().bytes, *bytes_to_verify(archive_.path(), {"home"}));
  EXPECT_TRUE(check().is_whole());
  write_file(quarantine() / kept.name, "Subject: 0ne\n\nx\n");
  EXPECT_EQ(check().damaged, 1U);
  fs::remove(quarantine() / kept.name);
  EXPECT_EQ(check().missing, 1U);
}

}  // namespace
}  // namespace restante::archive
