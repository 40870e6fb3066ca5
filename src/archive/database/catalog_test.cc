#include "archive/database/catalog.h"

#include "archive/mailbox/sha256.h"
#include "archive/mailbox/test_support.h"

namespace restante::archive {
namespace {

namespace fs = std::filesystem;

const std::string kMessage = "Subject: one\r\n\r\nbody\r\n";

class CatalogTest : public ArchiveTest {
 protected:
  CatalogTest() {
    auto database = Database::open(archive_.path(), Access::kCreate);
    EXPECT_TRUE(database);
    database_ = std::make_unique<Database>(std::move(*database));
    auto catalog = Catalog::open(*database_);
    EXPECT_TRUE(catalog);
    catalog_ = std::make_unique<Catalog>(std::move(*catalog));
  }

  /// Kept, with its row committed.
  Kept add(Mailbox& mailbox, const std::string& message) {
    const Kept kept = keep(mailbox, {message})[0];
    auto transaction = database_->begin();
    EXPECT_TRUE(transaction && catalog_->note_kept(mailbox.account(), kept));
    EXPECT_TRUE((*transaction)->commit());
    return kept;
  }
  Changes sync(Mailbox& mailbox) {
    const auto changes = synchronize(*database_, mailbox);
    EXPECT_TRUE(changes) << changes.error().message();
    return changes ? *changes : Changes{};
  }
  /// "account name flags size removed foreign" of each row.
  std::vector<std::string> rows() {
    auto query = database_->prepare(
        "SELECT account || ' ' || name || ' ' || flags || ' ' || size || ' ' || removed || ' ' || "
        "foreign_file FROM messages ORDER BY id");
    EXPECT_TRUE(query);
    std::vector<std::string> found;
    while (*query->step()) found.emplace_back(query->text(0));
    return found;
  }

  std::unique_ptr<Database> database_;
  std::unique_ptr<Catalog> catalog_;
};

TEST_F(CatalogTest, AKeptMessageHasOneRow) {
  Mailbox mailbox = open();
  const Kept kept = add(mailbox, kMessage);
  add(mailbox, kMessage);
  EXPECT_EQ(rows(), std::vector<std::string>{"home new/" + kept.name + "  " +
                                             std::to_string(kMessage.size()) + " 0 0"});
  EXPECT_TRUE(*catalog_->knows("home", kept.sha256));
  EXPECT_FALSE(*catalog_->knows("work", kept.sha256));
  EXPECT_EQ(*catalog_->absence_of("home", kept.sha256), Absence::kNone);
  EXPECT_EQ(sync(mailbox).added, 0U);
}

TEST_F(CatalogTest, SynchronizeFollowsMailReaders) {
  Mailbox mailbox = open();
  const Kept kept = add(mailbox, kMessage);
  fs::rename(maildir() / "new" / kept.name, maildir() / "cur" / (kept.name + ":2,FS"));
  EXPECT_EQ(sync(mailbox).changed, 1U);
  EXPECT_EQ(rows()[0], "home cur/" + kept.name + ":2,FS FS 22 0 0");
  fs::remove(maildir() / "cur" / (kept.name + ":2,FS"));
  EXPECT_EQ(sync(mailbox).removed, 1U);
  EXPECT_EQ(*catalog_->absence_of("home", kept.sha256), Absence::kGone);
  EXPECT_EQ(sync(mailbox).removed, 0U);
  // Back again: the same row.
  const Kept back = add(mailbox, kMessage);
  EXPECT_EQ(rows(), std::vector<std::string>{"home new/" + back.name + " FS 22 0 0"});
  EXPECT_EQ(*catalog_->absence_of("home", kept.sha256), Absence::kNone);
}

TEST_F(CatalogTest, FilesWithoutRowsGetThem) {
  Mailbox mailbox = open();
  const Kept kept = keep(mailbox, {kMessage})[0];  // As after a crash before the commit.
  write_file(maildir() / "cur" / "1.M2P3.host:2,S", "Subject: theirs\n\n");
  EXPECT_EQ(sync(mailbox).added, 2U);
  EXPECT_TRUE(*catalog_->knows("home", kept.sha256));
  // Known by what it was before another program wrote it with LF.
  EXPECT_TRUE(*catalog_->knows("home", sha256_of("Subject: theirs\r\n\r\n")));
  EXPECT_EQ(rows()[1], "home cur/1.M2P3.host:2,S S 19 0 1");
  EXPECT_EQ(sync(mailbox).added, 0U);
  EXPECT_EQ(sync(mailbox).changed, 0U);
}

TEST_F(CatalogTest, OursCountsBeforeAForeignFileOfTheSameContent) {
  Mailbox mailbox = open();
  const Kept kept = add(mailbox, kMessage);
  write_file(maildir() / "cur" / "1.copy:2,", "Subject: one\n\nbody\n");
  sync(mailbox);
  EXPECT_EQ(rows(), std::vector<std::string>{"home new/" + kept.name + "  22 0 0"});
}

TEST_F(CatalogTest, WhatPassedThroughAndIsImportedLaterStays) {
  Mailbox mailbox = open();
  const Kept kept = keep(mailbox, {kMessage})[0];
  const auto passing = [this] {
    auto query = database_->prepare("SELECT passing FROM messages WHERE removed = 0");
    EXPECT_TRUE(query && *query->step());
    return query->number(0);
  };
  ASSERT_TRUE(catalog_->note_kept("home", kept, 1, Stay::kInPassing));
  EXPECT_EQ(passing(), 1);
  ASSERT_TRUE(database_->run("UPDATE messages SET removed = 1"));
  ASSERT_TRUE(catalog_->note_kept("home", kept, 1, Stay::kForGood));
  EXPECT_EQ(passing(), 0);
  ASSERT_TRUE(catalog_->note_kept("home", kept, 1, Stay::kInPassing));
  EXPECT_EQ(passing(), 0);
}

TEST_F(CatalogTest, AccountsDoNotMix) {
  Mailbox home = open("home");
  Mailbox work = open("work");
  add(home, kMessage);
  add(work, kMessage);
  fs::remove(home.path_of(*home.find(sha256_of(kMessage))));
  EXPECT_EQ(sync(work).removed, 0U);
  EXPECT_EQ(sync(home).removed, 1U);
  EXPECT_EQ(*catalog_->absence_of("work", sha256_of(kMessage)), Absence::kNone);
}

TEST_F(CatalogTest, ARowOfAnotherProcessIsNotTakenForRemoved) {
  Mailbox mailbox = open();
  Mailbox fetching = open();
  ASSERT_TRUE(mailbox.refresh());
  add(fetching, kMessage);
  EXPECT_EQ(sync(mailbox).removed, 0U);
}

TEST_F(CatalogTest, MessagesWithTheSameFileAreRenamedAndRemovedTogether) {
  Mailbox mailbox = open();
  const Kept kept = add(mailbox, kMessage);
  ASSERT_TRUE(catalog_->note_kept("home", kept, 2));
  ASSERT_TRUE(catalog_->note_kept("home", kept, 3));
  ASSERT_TRUE(database_->run("UPDATE messages SET removed = 1 WHERE copy = 2"));
  ASSERT_TRUE(mailbox.set_flags(kept.sha256, "S"));
  EXPECT_EQ(sync(mailbox).changed, 2U);
  EXPECT_EQ(*catalog_->absence_of("home", kept.sha256, 2), Absence::kDeleted);
  fs::remove(mailbox.path_of(*mailbox.find(kept.sha256)));
  EXPECT_EQ(sync(mailbox).removed, 2U);
  EXPECT_EQ(*catalog_->absence_of("home", kept.sha256, 3), Absence::kGone);
  EXPECT_FALSE(*catalog_->knows("home", kept.sha256, 4));
  // The file is put back: the copies that were not deleted are back.
  keep(mailbox, {kMessage});
  EXPECT_EQ(sync(mailbox).changed, 2U);
  EXPECT_EQ(*catalog_->absence_of("home", kept.sha256, 3), Absence::kNone);
  EXPECT_EQ(*catalog_->absence_of("home", kept.sha256, 2), Absence::kDeleted);
  EXPECT_EQ(*catalog_->absence_of("home", kept.sha256, 1), Absence::kNone);
}

}  // namespace
}  // namespace restante::archive
