#include <gmock/gmock.h>
#include <sys/stat.h>

#include "archive/mailbox/mailbox.h"
#include "archive/mailbox/sha256.h"
#include "archive/mailbox/stored_message.h"
#include "archive/mailbox/test_support.h"

namespace restante::archive {
namespace {

namespace fs = std::filesystem;
using testing::IsEmpty;
using testing::SizeIs;

std::uint64_t disk_of(const Path& path) {
  struct stat status {};
  EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
  return status.st_dev;
}

// What is moved is in the archive's folder; where it goes is in memory, another disk by definition.
class MailboxMoveTest : public ArchiveTest {
 protected:
  MailboxMoveTest() { EXPECT_NE(disk_of(archive_.path()), disk_of(other_.path())); }

  Mailbox open_other() {
    auto mailbox = Mailbox::open(other_.path(), "home", Create::kYes, clock_);
    EXPECT_TRUE(mailbox) << mailbox.error().message();
    return std::move(*mailbox);
  }
  Path there() const { return other_.path() / "home"; }
  /// In both mailboxes, in new/.
  std::size_t copies() const {
    return sorted_names(maildir() / "new").size() + sorted_names(there() / "new").size();
  }
  std::vector<std::string> sums() const {
    std::vector<std::string> all;
    for (const std::string& message : messages_) all.push_back(sha256_of(message));
    return all;
  }
  /// A new process, undisturbed, makes everything good.
  void expect_a_second_try_mends_it() {
    Mailbox source = open();
    Mailbox target = open_other();
    ASSERT_TRUE(source.move_to(target, sums()));
    expect_moved(target);
  }
  void expect_moved(const Mailbox& target) {
    EXPECT_THAT(sorted_names(maildir() / "new"), IsEmpty());
    EXPECT_THAT(sorted_names(there() / "tmp"), IsEmpty());
    EXPECT_THAT(sorted_names(there() / "new"), SizeIs(messages_.size()));
    for (const std::string& message : messages_) {
      const auto place = target.find(sha256_of(message));
      ASSERT_TRUE(place);
      const Path file = target.path_of(*place);
      EXPECT_EQ(fs::file_size(file), place->file_bytes);
      const auto judged = judge_file(file, sha256_of(message));
      EXPECT_TRUE(judged && !judged->damaged);
    }
  }

  TempFolder other_{"/dev/shm"};
  std::vector<std::string> messages_{"Subject: one\r\n\r\nbody\r\n", "bare\nlf\r\n", ""};
};

TEST_F(MailboxMoveTest, AnotherDiskGetsThemWhole) {
  Mailbox source = open();
  Mailbox target = open_other();
  const auto kept = keep(source, messages_);
  const auto moved = source.move_to(target, sums());
  ASSERT_TRUE(moved) << moved.error().message();
  ASSERT_THAT(*moved, SizeIs(3));
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(moved->at(i).sha256, kept[i].sha256);
    EXPECT_EQ(moved->at(i).name, kept[i].name);
    EXPECT_FALSE(moved->at(i).was_there);
    EXPECT_FALSE(source.find(kept[i].sha256));
  }
  expect_moved(target);
}

TEST_F(MailboxMoveTest, NamesSayTheSizeThatTheCopyHas) {
  Mailbox source = open();
  const Kept kept = keep(source, {messages_[0]})[0];
  // As another program may have left it: with the lines as received.
  fs::remove(maildir() / "new" / kept.name);
  write_file(maildir() / "new" / ("1." + kept.sha256 + ".restante,S=22"), messages_[0]);
  ASSERT_TRUE(source.reload());
  messages_.resize(1);
  Mailbox target = open_other();
  ASSERT_TRUE(source.move_to(target, sums()));
  expect_moved(target);
}

TEST_F(MailboxMoveTest, NothingIsRemovedBeforeItIsDurableThere) {
  Mailbox source = open();
  keep(source, messages_);
  Mailbox target = open_other();
  fs::remove_all(there() / "cur");  // Copied and in new/, but the sync fails.
  EXPECT_FALSE(source.move_to(target, sums()));
  EXPECT_THAT(sorted_names(maildir() / "new"), SizeIs(3));
  EXPECT_EQ(copies(), 6U);
  const auto again = source.move_to(target, sums());
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Errc::kState);
  expect_a_second_try_mends_it();
}

// As after a crash between copying and removing: what is there may not be durable yet.
TEST_F(MailboxMoveTest, WhatIsThereAlreadyIsSyncedBeforeItIsRemovedHere) {
  Mailbox source = open();
  keep(source, messages_);
  {
    Mailbox earlier = open_other();
    keep(earlier, messages_);
  }
  Mailbox target = open_other();
  fs::remove_all(there() / "cur");
  EXPECT_FALSE(source.move_to(target, sums()));
  EXPECT_EQ(copies(), 6U);
  expect_a_second_try_mends_it();
}

TEST_F(MailboxMoveTest, AFailureOnTheWayLosesAndDoublesNothing) {
  for (const char* const missing : {"tmp", "new"}) {
    Mailbox source = open();
    keep(source, messages_);
    Mailbox target = open_other();
    fs::remove_all(there() / missing);
    EXPECT_FALSE(source.move_to(target, sums())) << missing;
    EXPECT_THAT(sorted_names(maildir() / "new"), SizeIs(3)) << missing;
    expect_a_second_try_mends_it();
    fs::remove_all(there());
  }
}

TEST_F(MailboxMoveTest, ADamagedOneStaysAndTheOthersBeforeItAreInBoth) {
  Mailbox source = open();
  const auto kept = keep(source, messages_);
  const Path damaged = maildir() / "new" / kept[1].name;
  const std::string sound = read_file(damaged);
  write_file(damaged, "bare\nlF\r\n");
  Mailbox target = open_other();
  const auto moved = source.move_to(target, sums());
  ASSERT_FALSE(moved);
  EXPECT_EQ(moved.error().code, Errc::kCorrupt);
  EXPECT_THAT(moved.error().detail, testing::HasSubstr(damaged.string()));
  EXPECT_THAT(sorted_names(maildir() / "new"), SizeIs(3));
  EXPECT_THAT(sorted_names(there() / "new"), SizeIs(1));
  EXPECT_THAT(sorted_names(there() / "tmp"), IsEmpty());
  write_file(damaged, sound);
  expect_a_second_try_mends_it();
}

TEST_F(MailboxMoveTest, OneDiskNeedsNoCopy) {
  Mailbox source = open();
  keep(source, messages_);
  Mailbox target = open("other");
  const Path file = source.path_of(*source.find(sha256_of(messages_[0])));
  struct stat before {
  }, after{};
  ASSERT_EQ(::stat(file.c_str(), &before), 0);
  const auto moved = source.move_to(target, sums());
  ASSERT_TRUE(moved);
  ASSERT_EQ(::stat((maildir("other") / "new" / moved->at(0).name).c_str(), &after), 0);
  EXPECT_EQ(before.st_ino, after.st_ino);
  EXPECT_THAT(sorted_names(maildir() / "new"), IsEmpty());
  EXPECT_FALSE(source.move_to(target, {std::string(64, '0')}));
}

}  // namespace
}  // namespace restante::archive
