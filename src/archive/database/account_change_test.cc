#include "archive/database/account_change.h"

#include <gtest/gtest.h>

#include "archive/database/catalog.h"
#include "archive/database/message_numbers.h"
#include "archive/index/reindex.h"
#include "archive/mailbox/account_lock.h"
#include "archive/mailbox/test_support.h"

namespace restante::archive {
namespace {

namespace fs = std::filesystem;

class AccountChange : public ArchiveTest {
 protected:
  /// Two messages, and what is known of the server.
  void fill(const std::string& account) {
    Mailbox mailbox = open(account);
    keep(mailbox, {"Subject: one\r\n\r\n", "Subject: two\r\n\r\n"});
    auto database = Database::open(archive_.path(), Access::kCreate);
    ASSERT_TRUE(database && synchronize(*database, mailbox));
    const std::string sql = "INSERT INTO uids (account, uid, first_seen, state) VALUES ('" +
                            account +
                            "', 'uid-1', 1, 1);"
                            "INSERT OR REPLACE INTO meta VALUES ('fetch.shrunken_since." +
                            account + "', '7');";
    ASSERT_TRUE(database->run(sql.c_str()));
  }
  std::int64_t count(const std::string& table, const std::string& account) {
    auto database = Database::open(archive_.path(), Access::kRead);
    const std::string where = table == "meta" ? "name = 'fetch.shrunken_since." + account + "'"
                                              : "account = '" + account + "'";
    const std::string joined = table.ends_with("AND") ? " " : " WHERE ";
    auto query = database->prepare("SELECT count(*) FROM " + table + joined + where);
    EXPECT_TRUE(query && query->step());
    return query->number(0);
  }
  void expect_all_of(const std::string& account, std::int64_t messages) {
    EXPECT_EQ(count("messages", account), messages);
    EXPECT_EQ(count("uids", account), messages / 2);
    EXPECT_EQ(count("meta", account), messages / 2);
  }
  Status rename(const std::string& from, const std::string& to) {
    RESTANTE_CHECKED(rename_account(archive_.path(), {from, to}));
    return end_renaming(archive_.path());
  }
};

TEST_F(AccountChange, ANewNameHasEverything) {
  fill("old");
  fill("a.old");
  ASSERT_TRUE(rename("old", "new"));
  expect_all_of("new", 2);
  expect_all_of("old", 0);
  expect_all_of("a.old", 2);
  EXPECT_EQ(sorted_names(maildir("new") / "new").size(), 2U);
  EXPECT_FALSE(std::filesystem::exists(maildir("old")));
  // Mail readers have removed nothing, and nothing is taken for new.
  auto database = Database::open(archive_.path(), Access::kWrite);
  const auto changes = synchronize_all(*database, archive_.path(), clock_);
  ASSERT_TRUE(changes);
  EXPECT_EQ(changes->added + changes->removed, 0U);
}

TEST_F(AccountChange, MessagesKeepTheirNumbersWhenTheDatabaseIsLostLater) {
  fill("a");
  fill("old");
  {
    auto database = Database::open(archive_.path(), Access::kWrite);
    ASSERT_TRUE(database->run("UPDATE messages SET id = id + 40"));
    ASSERT_TRUE(keep_numbers(*database, archive_.path()));
  }
  ASSERT_TRUE(rename("old", "new"));
  const Path file = Database::file_of(archive_.path());
  for (const char* const ending : {"", "-wal", "-shm"}) fs::remove(file.string() + ending);
  ASSERT_TRUE(reindex(archive_.path(), {}));
  EXPECT_EQ(count("messages", "new"), 2);
  EXPECT_EQ(count("messages WHERE id IN (43, 44) AND", "new"), 2);
  EXPECT_EQ(count("messages WHERE id IN (41, 42) AND", "a"), 2);
}

TEST_F(AccountChange, ANameThatIsTakenIsRefused) {
  fill("old");
  fill("new");
  const Status done = rename("old", "new");
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Errc::kExists);
  expect_all_of("old", 2);
  expect_all_of("new", 2);
  EXPECT_FALSE(*pending_renaming(archive_.path()));
}

TEST_F(AccountChange, WhatWasBrokenOffGoesOn) {
  fill("old");
  ASSERT_TRUE(rename_account(archive_.path(), {"old", "new"}));
  const auto pending = pending_renaming(archive_.path());
  ASSERT_TRUE(pending && *pending);
  EXPECT_EQ((*pending)->from, "old");
  EXPECT_EQ((*pending)->to, "new");
  EXPECT_FALSE(rename("old", "other")) << "first things first";
  // The folder has moved, and the rows have not.
  auto database = Database::open(archive_.path(), Access::kWrite);
  ASSERT_TRUE(database->run("UPDATE uids SET account = 'old'"));
  ASSERT_TRUE(rename("old", "new"));
  expect_all_of("new", 2);
  EXPECT_FALSE(*pending_renaming(archive_.path()));
}

TEST_F(AccountChange, RowsThatTheNewNameHasGotMeanwhileAreReplaced) {
  fill("old");
  ASSERT_TRUE(rename_account(archive_.path(), {"old", "new"}));
  auto database = Database::open(archive_.path(), Access::kWrite);
  ASSERT_TRUE(
      database->run("UPDATE uids SET account = 'old';"
                    "UPDATE messages SET account = 'old';"
                    "INSERT INTO messages (account, sha256, name, size, arrived, date) "
                    "SELECT 'new', sha256, name, size, arrived, date FROM messages;"
                    "INSERT INTO uids (account, uid, first_seen, state) "
                    "VALUES ('new', 'uid-1', 9, 0)"));
  const Status done = rename("old", "new");
  ASSERT_TRUE(done) << done.error().message();
  expect_all_of("new", 2);
  expect_all_of("old", 0);
  auto query = database->prepare("SELECT first_seen FROM uids");
  ASSERT_TRUE(query && *query->step());
  EXPECT_EQ(query->number(0), 1);
}

TEST_F(AccountChange, ABusyAccountIsNotDisturbed) {
  fill("old");
  const auto lock = AccountLock::take(archive_.path(), "old");
  ASSERT_TRUE(lock);
  EXPECT_EQ(rename("old", "new").error().code, Errc::kBusy);
  EXPECT_EQ(erase_account(archive_.path(), "old").error().code, Errc::kBusy);
}

TEST_F(AccountChange, AnErasedAccountIsForgotten) {
  fill("old");
  fill("other");
  const auto erased = erase_account(archive_.path(), "old");
  ASSERT_TRUE(erased) << erased.error().message();
  EXPECT_EQ(*erased, 2U);
  expect_all_of("old", 0);
  expect_all_of("other", 2);
  EXPECT_FALSE(std::filesystem::exists(maildir("old")));
  const auto again = erase_account(archive_.path(), "old");
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, 0U);
}

TEST_F(AccountChange, AnArchiveWithoutADatabaseIsFine) {
  Mailbox mailbox = open("old");
  keep(mailbox, {"Subject: one\r\n\r\n"});
  ASSERT_TRUE(rename("old", "new"));
  EXPECT_TRUE(std::filesystem::exists(maildir("new")));
  EXPECT_EQ(*count_waiting(archive_.path(), "new"), 0U);
}

}  // namespace
}  // namespace restante::archive
