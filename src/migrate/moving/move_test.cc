#include "migrate/moving/move.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "migrate/moving/test_support.h"

namespace restante::migrate {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Move : public testing::Test {
 protected:
  Move() {
    store_ = open_store(disk_);
    options_.account = kAlice;
    source_.add("u1", "A: 1\n\n.one\n");
    source_.add("u2", "A: 2\n\ntwo");
  }

  Moved move() { return move_mail(source_, *store_, options_); }

  disk::MemoryDisk disk_;
  std::unique_ptr<maildrop::Store> store_;
  MemorySource source_;
  MoveOptions options_;
};

TEST_F(Move, BringsIdsArrivalAndOctetsInOrder) {
  const Moved moved = move();
  EXPECT_FALSE(moved.failure);
  EXPECT_EQ(moved.moved, 2U);
  EXPECT_THAT(mail_in(*store_),
              ElementsAre("u1 1 A: 1\r\n\r\n..one\r\n", "u2 2 A: 2\r\n\r\ntwo\r\n"));
  const auto session = store_->open(kAlice, maildrop::View::kDefault);
  EXPECT_EQ((*session)->total_octets(), 14U + 13U);
}

TEST_F(Move, TakesOnlyWhatIsNewInTheNextRun) {
  static_cast<void>(move());
  source_.add("u3", "A: 3\n\n\n");
  const Moved again = move();
  EXPECT_EQ(again.present, 2U);
  EXPECT_EQ(again.moved, 1U);
  EXPECT_EQ(mail_in(*store_).size(), 3U);
}

TEST_F(Move, DoesNotBringBackWhatWasDeletedHere) {
  static_cast<void>(move());
  {
    const auto session = store_->open(kAlice, maildrop::View::kDefault);
    ASSERT_TRUE((*session)->commit({{MessageNumber{1}}, {}}));
  }
  const Moved again = move();
  EXPECT_EQ(again.deleted, 1U);
  EXPECT_EQ(again.present, 1U);
  EXPECT_EQ(again.moved, 0U);
}

TEST_F(Move, OnlyLooksWhenAsked) {
  options_.only_look = true;
  const Moved moved = move();
  EXPECT_EQ(moved.planned, 2U);
  EXPECT_EQ(moved.moved, 0U);
  EXPECT_THAT(mail_in(*store_), IsEmpty());
}

TEST_F(Move, NamesAndSkipsWhatCannotBeRead) {
  source_.change(0, "gone");
  const Moved moved = move();
  EXPECT_FALSE(moved.failure);
  EXPECT_EQ(moved.moved, 1U);
  ASSERT_EQ(moved.skipped.size(), 1U);
  EXPECT_EQ(moved.skipped[0].place, "message 1");
}

TEST_F(Move, EndsWithTheSource) {
  source_.change(1, "broken disk");
  const Moved moved = move();
  ASSERT_TRUE(moved.failure);
  EXPECT_EQ(moved.failure->code, Errc::kIo);
  source_.change(1, "A: 2\n\ntwo");
  EXPECT_EQ(move().moved + moved.moved, 2U);
}

TEST_F(Move, TakesAllOrNothingUnderAQuota) {
  options_.quota.messages = 1;
  ASSERT_TRUE(move().failure);
  EXPECT_EQ(move().failure->code, Errc::kLimit);
  EXPECT_THAT(mail_in(*store_), IsEmpty());
  options_.quota = {0, 10};
  EXPECT_EQ(move().failure->code, Errc::kLimit);
  options_.ignores_quota = true;
  EXPECT_EQ(move().moved, 2U);
}

TEST_F(Move, AsksForRoomBeforeItBegins) {
  options_.has_room = [](std::uint64_t) { return Status(Error(Errc::kFull)); };
  EXPECT_EQ(move().failure->code, Errc::kFull);
  EXPECT_THAT(mail_in(*store_), IsEmpty());
}

TEST_F(Move, StopsWhenTold) {
  options_.progress = [](std::uint64_t) { return false; };
  EXPECT_EQ(move().failure->code, Errc::kClosed);
}

TEST_F(Move, MovesMoreThanOneBatch) {
  options_.batch_bytes = 1000;
  for (int i = 3; i <= 1200; ++i) source_.add("u" + std::to_string(i), "A: b\n\nx\n");
  EXPECT_EQ(move().moved, 1200U);
  const auto mail = mail_in(*store_);
  ASSERT_EQ(mail.size(), 1200U);
  EXPECT_TRUE(mail[1199].starts_with("u1200 "));
}

/// The disk fails at each call in turn, and then remembers more or less: the next run finds each
/// message there or not, and in the end each is there once.
TEST_F(Move, DoublesNothingAfterDeathAtAnyStep) {
  for (const auto loss :
       {disk::PowerLoss::kDropUnsynced, disk::PowerLoss::kKeepAll, disk::PowerLoss::kTorn}) {
    for (std::uint64_t nth = 0;; ++nth) {
      disk::MemoryDisk disk;
      auto store = open_store(disk);
      disk.fail_at(nth, disk::Fault::kDeath);
      const Moved first = move_mail(source_, *store, options_);
      const bool died = disk.fault_reached();
      disk.fail_nothing();
      store.reset();
      disk.lose_power(loss);
      store = open_store(disk);
      const Moved second = move_mail(source_, *store, options_);
      EXPECT_FALSE(second.failure) << nth;
      EXPECT_THAT(mail_in(*store),
                  ElementsAre("u1 1 A: 1\r\n\r\n..one\r\n", "u2 2 A: 2\r\n\r\ntwo\r\n"))
          << nth;
      if (first.moved == 2U && !died) break;
      ASSERT_LT(nth, 1000U);
    }
  }
}

}  // namespace
}  // namespace restante::migrate
