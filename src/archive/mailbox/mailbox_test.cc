#include "archive/mailbox/mailbox.h"

#include <sys/stat.h>

#include "archive/mailbox/sha256.h"
#include "archive/mailbox/stored_message.h"
#include "archive/mailbox/test_support.h"

namespace restante::archive {
namespace {

namespace fs = std::filesystem;

class MailboxTest : public ArchiveTest {};

const std::string kMessage = "Subject: one\r\n\r\nbody\r\n";

std::string received_of(const Path& file, std::string_view sha256) {
  const auto judged = judge_file(file, sha256);
  EXPECT_TRUE(judged && !judged->damaged);
  std::string octets;
  EXPECT_TRUE(send_received(file, judged->form, [&](std::string_view piece) {
    octets += piece;
    return ok();
  }));
  return octets;
}

TEST_F(MailboxTest, AMessageIsKeptUnderItsChecksum) {
  Mailbox mailbox = open();
  const auto kept = keep(mailbox, {kMessage});
  ASSERT_EQ(kept.size(), 1U);
  EXPECT_EQ(kept[0].sha256, sha256_of(kMessage));
  EXPECT_EQ(kept[0].size, kMessage.size());
  EXPECT_FALSE(kept[0].was_there);
  EXPECT_EQ(sorted_names(maildir() / "new"), std::vector<std::string>{kept[0].name});
  EXPECT_EQ(kept[0].name, "1795323600." + kept[0].sha256 + ".restante,S=19");
  EXPECT_EQ(read_file(maildir() / "new" / kept[0].name), "Subject: one\n\nbody\n");
  EXPECT_TRUE(sorted_names(maildir() / "tmp").empty());
}

TEST_F(MailboxTest, WhatWasReceivedComesBackExactly) {
  Mailbox mailbox = open();
  const std::string large = "X: y\r\n\r\n" + std::string(200'000, 'a') + "\r\n";
  for (const std::string& message :
       {kMessage, std::string(), std::string("no end"), std::string("bare\nlf\r\n"),
        std::string("\r\r\n\r"), std::string("late\r\n") + large + "bare\n" + large,
        std::string("n\0l\r\n", 5), std::string("cr\r\n\nlf"), std::string("\n")}) {
    const auto kept = keep(mailbox, {message});
    ASSERT_EQ(kept.size(), 1U);
    const auto place = mailbox.find(sha256_of(message));
    ASSERT_TRUE(place);
    EXPECT_EQ(fs::file_size(mailbox.path_of(*place)), place->file_bytes);
    EXPECT_EQ(received_of(mailbox.path_of(*place), kept[0].sha256), message);
  }
}

TEST_F(MailboxTest, PiecesMayBeCutAnywhere) {
  Mailbox mailbox = open();
  for (const std::string message : {"a\r\nb\rc\r\n", "a\r\nb\nc\r\n", "\r\n\n\r"}) {
    for (std::size_t cut = 0; cut <= message.size(); ++cut) {
      auto incoming = mailbox.begin();
      ASSERT_TRUE(incoming);
      ASSERT_TRUE((*incoming)->write(message.substr(0, cut)));
      ASSERT_TRUE((*incoming)->write(message.substr(cut)));
      const auto received = (*incoming)->finish();
      ASSERT_TRUE(received);
      EXPECT_EQ(received->sha256, sha256_of(message));
      const auto names = sorted_names(maildir() / "tmp");
      ASSERT_EQ(names.size(), 1U);
      EXPECT_EQ(received_of(maildir() / "tmp" / names[0], received->sha256), message);
    }
  }
}

TEST_F(MailboxTest, TheSameContentIsNotKeptTwice) {
  Mailbox mailbox = open();
  keep(mailbox, {kMessage});
  const auto again = keep(mailbox, {kMessage, "other\r\n", "other\r\n"});
  ASSERT_EQ(again.size(), 3U);
  EXPECT_TRUE(again[0].was_there);
  EXPECT_FALSE(again[1].was_there);
  EXPECT_TRUE(again[2].was_there);
  EXPECT_EQ(again[2].name, again[1].name);
  EXPECT_EQ(again[2].size, 7U);
  EXPECT_EQ(sorted_names(maildir() / "new").size(), 2U);
  Mailbox later = open();
  EXPECT_TRUE(keep(later, {kMessage})[0].was_there);
  EXPECT_EQ(sorted_names(maildir() / "new").size(), 2U);
  EXPECT_TRUE(sorted_names(maildir() / "tmp").empty());
}

TEST_F(MailboxTest, WhatWasNotKeptLeavesNothing) {
  Mailbox mailbox = open();
  {
    auto incoming = mailbox.begin();
    ASSERT_TRUE(incoming && (*incoming)->write("half"));
    EXPECT_EQ(sorted_names(maildir() / "tmp").size(), 1U);
    // The start of another process leaves it alone.
    open();
    EXPECT_EQ(sorted_names(maildir() / "tmp").size(), 1U);
  }
  EXPECT_TRUE(sorted_names(maildir() / "tmp").empty());
}

TEST_F(MailboxTest, LeftoversOfTheDeadAreRemovedOthersNot) {
  open();
  write_file(maildir() / "tmp" / "12.abc.restante-incoming", "dead");
  write_file(maildir() / "tmp" / "12.abc.host", "another program's");
  open();
  EXPECT_EQ(sorted_names(maildir() / "tmp"), std::vector<std::string>{"12.abc.host"});
}

TEST_F(MailboxTest, NoticesWhatMailReadersDo) {
  Mailbox mailbox = open();
  const Kept kept = keep(mailbox, {kMessage})[0];
  const std::string read = kept.name + ":2,S";
  fs::rename(maildir() / "new" / kept.name, maildir() / "cur" / read);
  ASSERT_TRUE(mailbox.refresh());
  auto place = mailbox.find(kept.sha256);
  ASSERT_TRUE(place);
  EXPECT_EQ(place->name, read);
  EXPECT_EQ(place->flags, "S");
  EXPECT_EQ(mailbox.path_of(*place), maildir() / "cur" / read);
  // In an order of their own.
  fs::rename(maildir() / "cur" / read, maildir() / "cur" / (kept.name + ":2,SF"));
  ASSERT_TRUE(mailbox.refresh());
  place = mailbox.find(kept.sha256);
  ASSERT_TRUE(place);
  EXPECT_EQ(place->flags, "FS");
  EXPECT_TRUE(fs::exists(mailbox.path_of(*place)));
  EXPECT_TRUE(keep(mailbox, {kMessage})[0].was_there);
  fs::remove(mailbox.path_of(*place));
  ASSERT_TRUE(mailbox.refresh());
  EXPECT_FALSE(mailbox.find(kept.sha256));
}

TEST_F(MailboxTest, AMessageRemovedBehindOurBackIsKeptAgain) {
  Mailbox mailbox = open();
  const Kept kept = keep(mailbox, {kMessage})[0];
  fs::remove(maildir() / "new" / kept.name);
  EXPECT_FALSE(keep(mailbox, {kMessage})[0].was_there);
  EXPECT_TRUE(fs::exists(maildir() / "new" / kept.name));
}

TEST_F(MailboxTest, RefreshIsCheapOnceTheFolderHasSettled) {
  Mailbox mailbox = open();
  clock_.advance(std::chrono::hours(24 * 365 * 50));  // Long after the folder's real times.
  EXPECT_TRUE(*mailbox.refresh());
  EXPECT_FALSE(*mailbox.refresh());
  EXPECT_TRUE(mailbox.settled_stamps());
  keep(mailbox, {kMessage});
  EXPECT_TRUE(*mailbox.refresh());
}

TEST_F(MailboxTest, ForeignFilesAreSeenAndLeftAlone) {
  Mailbox mailbox = open();
  write_file(maildir() / "cur" / "1.M2P3.host:2,FS", "Subject: theirs\n\n");
  write_file(maildir() / "cur" / ".hidden", "");
  ASSERT_TRUE(mailbox.refresh());
  ASSERT_EQ(mailbox.foreign().size(), 1U);
  EXPECT_EQ(mailbox.foreign()[0].flags, "FS");
  EXPECT_EQ(mailbox.size(), 0U);
  keep(mailbox, {kMessage});
  EXPECT_EQ(sorted_names(maildir() / "cur").size(), 2U);
}

TEST_F(MailboxTest, ADamagedFileIsReplacedWhereItIs) {
  Mailbox mailbox = open();
  const Kept kept = keep(mailbox, {kMessage})[0];
  ASSERT_TRUE(mailbox.set_flags(kept.sha256, "S"));
  const Path file = mailbox.path_of(*mailbox.find(kept.sha256));
  const std::string content = read_file(file);
  for (const std::string& damaged : {std::string(), content + "x", "x" + content.substr(1)}) {
    write_file(file, damaged);
    EXPECT_FALSE(mailbox.is_whole(kept.sha256, Look::kContent));
    EXPECT_EQ(mailbox.is_whole(kept.sha256, Look::kSize), damaged.size() == content.size());
    const Kept again = keep(mailbox, {kMessage})[0];
    EXPECT_TRUE(again.was_there && again.repaired);
    EXPECT_EQ(again.folder, Folder::kCur);
    EXPECT_EQ(read_file(file), content);
    EXPECT_FALSE(keep(mailbox, {kMessage})[0].repaired);
  }
  EXPECT_TRUE(sorted_names(maildir() / "new").empty());
}

TEST_F(MailboxTest, AFileThatAReaderHasRenamedIsFoundAgain) {
  Mailbox mailbox = open();
  const Kept kept = keep(mailbox, {kMessage})[0];
  fs::rename(maildir() / "new" / kept.name, maildir() / "cur" / (kept.name + ":2,S"));
  EXPECT_TRUE(mailbox.is_whole(kept.sha256, Look::kContent));
  EXPECT_TRUE(keep(mailbox, {kMessage})[0].was_there);
  EXPECT_TRUE(sorted_names(maildir() / "new").empty());
}

TEST_F(MailboxTest, OpenWithoutCreateWantsTheMailbox) {
  const auto missing = Mailbox::open(archive_.path(), "nobody", Create::kNo, clock_);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Errc::kNotFound);
  EXPECT_FALSE(fs::exists(archive_.path() / "nobody"));
}

TEST_F(MailboxTest, MailIsTheOwnersAlone) {
  Mailbox mailbox = open();
  const Kept kept = keep(mailbox, {kMessage})[0];
  struct stat status {};
  ASSERT_EQ(::stat((maildir() / "new" / kept.name).c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0077U, 0U);
  ASSERT_EQ(::stat((maildir() / "new").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0077U, 0U);
}

TEST_F(MailboxTest, AFailedRenameClaimsNothing) {
  Mailbox mailbox = open();
  std::vector<std::unique_ptr<Incoming>> batch;
  batch.push_back(receive(mailbox, kMessage));
  fs::remove_all(maildir() / "new");
  EXPECT_FALSE(mailbox.keep(std::move(batch)));
  EXPECT_FALSE(mailbox.find(sha256_of(kMessage)));
}

TEST_F(MailboxTest, AccountsAreTheFoldersWithMail) {
  open("work");
  open("a/b");
  fs::create_directories(archive_.path() / "notes");
  fs::create_directories(archive_.path() / ".restante");
  const auto accounts = accounts_in(archive_.path());
  ASSERT_TRUE(accounts);
  EXPECT_EQ(*accounts, (std::vector<std::string>{"a/b", "work"}));
}

}  // namespace
}  // namespace restante::archive
