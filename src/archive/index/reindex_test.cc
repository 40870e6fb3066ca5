#include "archive/index/reindex.h"

#include "archive/care/dedupe.h"
#include "archive/care/removal.h"
#include "archive/care/statistics.h"
#include "archive/database/catalog.h"
#include "archive/database/schema.h"
#include "archive/mailbox/account_lock.h"
#include "archive/mailbox/sha256.h"
#include "archive/mailbox/test_support.h"
#include "archive/search/query.h"
#include "archive/search/search.h"
#include "archive/search/test_zone.h"

namespace restante::archive {
namespace {

namespace fs = std::filesystem;

class ReindexTest : public ArchiveTest {
 protected:
  ReindexTest() {
    Mailbox home = open("home");
    keep(home, {"Subject: one\r\nFrom: A <a@example.com>\r\n\r\nword\r\n",
                "Subject: two\r\nFrom: a@EXAMPLE.com\r\n\r\nword\r\n"});
    Mailbox work = open("work");
    keep(work, {"Subject: two\r\nFrom: a@EXAMPLE.com\r\n\r\nword\r\n"});
    auto database = Database::open(archive_.path(), Access::kCreate);
    EXPECT_TRUE(database && synchronize_all(*database, archive_.path(), clock_) &&
                index_pending(*database, archive_.path()));
    EXPECT_TRUE(
        database->run("INSERT INTO uids (account, uid, first_seen, state) "
                      "VALUES ('home', 'u1', 1, 2), ('home', 'u2', 1, 2)"));
  }
  Database database() { return std::move(*Database::open(archive_.path(), Access::kWrite)); }
  /// The table's first page; its rows are few.
  void damage(const std::string& table) {
    const Path file = Database::file_of(archive_.path());
    std::size_t page = 0;
    {
      // As it is, without bringing it up to date.
      auto opened = sql::Connection::open(file, {sql::Mode::kWrite, kDatabasePatience, ""});
      ASSERT_TRUE(opened && opened->run("PRAGMA wal_checkpoint(TRUNCATE)"));
      auto query =
          opened->prepare("SELECT rootpage FROM sqlite_schema WHERE name = '" + table + "'");
      ASSERT_TRUE(query && *query->step());
      page = static_cast<std::size_t>(query->number(0)) - 1;
    }
    std::string content = read_file(file);
    content.replace(page * 4096, 4096, std::string(4096, '\x5a'));
    write_file(file, content);
  }
  /// Of the message in "work" whose checksum is all "a".
  Absence absence_of_a() {
    Database opened = database();
    return *Catalog::open(opened)->absence_of("work", std::string(64, 'a'), 1);
  }
  Found find(std::string_view query) {
    Database opened = database();
    const ParsedQuery parsed = parse_query(query, std::chrono::sys_seconds());
    return *search(opened, archive_.path(), *parsed.tree, {Order::kOldest});
  }
};

TEST_F(ReindexTest, ASoundDatabaseKeepsItsNumbersAndState) {
  const auto before = find("word");
  const auto done = reindex(archive_.path(), {});
  ASSERT_TRUE(done) << done.error().message();
  EXPECT_EQ(done->messages, 3U);
  EXPECT_EQ(done->indexed.whole, 3U);
  EXPECT_EQ(done->uids_kept, 2U);
  EXPECT_TRUE(done->put_aside.empty());
  EXPECT_TRUE(done->fetch_state_whole);
  const auto after = find("word");
  ASSERT_EQ(after.total, 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(after.entries[i].id, before.entries[i].id);
    EXPECT_EQ(after.entries[i].size, before.entries[i].size);
  }
}

TEST_F(ReindexTest, WhatIsBackAfterItIsFoundByItsWords) {
  const Path file = file_of(archive_.path(), find("subject:one").entries.at(0));
  const Path elsewhere = archive_.path() / "elsewhere";
  for (const bool damaged : {false, true}) {
    fs::rename(file, elsewhere);
    ASSERT_TRUE(synchronize_all(*std::make_unique<Database>(database()), archive_.path(), clock_));
    if (damaged) damage("search_data");
    ASSERT_TRUE(reindex(archive_.path(), {}));
    EXPECT_EQ(find("word").total, 2U);
    fs::rename(elsewhere, file);
    Database opened = database();
    ASSERT_TRUE(synchronize_all(opened, archive_.path(), clock_));
    ASSERT_TRUE(index_pending(opened, archive_.path()));
    EXPECT_EQ(find("word").total, 3U) << damaged;
  }
}

TEST_F(ReindexTest, WithoutADatabaseEverythingButTheStateComesBack) {
  fs::remove_all(archive_.path() / ".restante");
  const auto done = reindex(archive_.path(), {});
  ASSERT_TRUE(done) << done.error().message();
  EXPECT_EQ(done->messages, 3U);
  EXPECT_FALSE(done->fetch_state_whole);
  EXPECT_EQ(find("subject:two account:work").total, 1U);
}

TEST_F(ReindexTest, ADamagedDatabaseIsPutAsideAndItsStateSaved) {
  damage("messages");
  const auto done = reindex(archive_.path(), {});
  ASSERT_TRUE(done) << done.error().message();
  EXPECT_TRUE(fs::exists(done->put_aside));
  EXPECT_EQ(done->uids_kept, 2U);
  EXPECT_TRUE(done->fetch_state_whole);
  EXPECT_EQ(find("word").total, 3U);
}

TEST_F(ReindexTest, ABusyDatabaseIsNotPutAside) {
  Database other = database();
  const auto writing = other.begin();
  ASSERT_TRUE(writing);
  ASSERT_TRUE(other.run("UPDATE uids SET reason = 'x'"));
  const auto done = reindex(archive_.path(), {}, std::chrono::milliseconds(50));
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Errc::kBusy);
  ASSERT_TRUE((*writing)->commit());
  EXPECT_EQ(reindex(archive_.path(), {})->uids_kept, 2U);
}

TEST_F(ReindexTest, ANewerDatabaseIsNotPutAside) {
  ASSERT_TRUE(database().run("PRAGMA user_version = 9999"));
  const auto done = reindex(archive_.path(), {});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Errc::kState);
  EXPECT_TRUE(fs::exists(Database::file_of(archive_.path())));
}

TEST_F(ReindexTest, RemovedMessagesAndThoseThatShareAFileOutliveADamagedDatabase) {
  {
    Database opened = database();
    const auto gone = find("subject:one").entries;
    EXPECT_EQ(*remove_messages(opened, archive_.path(), gone), 1U);
    const Entry two = find("subject:two account:home").entries.at(0);
    ASSERT_TRUE(opened.run(("INSERT INTO uids (account, uid, first_seen, state, sha256, copy) "
                            "VALUES ('home', 'u3', 1, 1, '" +
                            two.sha256 + "', 2)")
                               .c_str()));
  }
  damage("attachments");
  const auto done = reindex(archive_.path(), {});
  ASSERT_TRUE(done) << done.error().message();
  EXPECT_FALSE(done->put_aside.empty());
  EXPECT_EQ(find("subject:two account:home").total, 2U);
}

TEST_F(ReindexTest, OfTwoMessagesWithOneFileOneCanBeRemoved) {
  Database opened = database();
  const Entry two = find("subject:two account:home").entries.at(0);
  ASSERT_TRUE(
      opened.run("INSERT INTO messages (account, sha256, copy, name, size, arrived, date) "
                 "SELECT account, sha256, 2, name, size, arrived, date FROM messages "
                 "WHERE account = 'home' AND subject = 'two'"));
  ASSERT_TRUE(index_pending(opened, archive_.path()));
  EXPECT_EQ(find("account:home").total, 3U);
  EXPECT_EQ(*remove_messages(opened, archive_.path(), {two}), 1U);
  EXPECT_TRUE(fs::exists(file_of(archive_.path(), two)));
  const auto left = find("subject:two account:home").entries;
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left[0].copy, 2U);
  EXPECT_EQ(dedupe(opened, archive_.path(), true, {})->groups, 1U);
  EXPECT_EQ(*remove_messages(opened, archive_.path(), left), 1U);
  EXPECT_FALSE(fs::exists(file_of(archive_.path(), two)));
}

TEST_F(ReindexTest, WaitsForNoFetch) {
  const auto lock = AccountLock::take(archive_.path(), "work");
  ASSERT_TRUE(lock);
  EXPECT_EQ(reindex(archive_.path(), {}).error().code, Errc::kBusy);
}

TEST_F(ReindexTest, WhatWasRemovedStaysRemoved) {
  Database opened = database();
  const auto gone = find("subject:one").entries;
  ASSERT_EQ(gone.size(), 1U);
  EXPECT_EQ(*remove_messages(opened, archive_.path(), gone), 1U);
  EXPECT_FALSE(fs::exists(file_of(archive_.path(), gone[0])));
  EXPECT_EQ(find("subject:one").total, 0U);
  ASSERT_TRUE(reindex(archive_.path(), {}));
  EXPECT_EQ(find("is:removed").total, 1U);
  EXPECT_EQ(find("word").total, 2U);
  // Its words have left the index.
  EXPECT_EQ(find("subject:one is:removed").total, 0U);
}

/// A database of the first version, with what it knows of the messages that are there.
void make_old(const Path& file, const std::string& rows) {
  sqlite3* opened = nullptr;
  ASSERT_EQ(sqlite3_open(file.c_str(), &opened), SQLITE_OK);
  char* mistake = nullptr;
  sqlite3_exec(opened, (schema_steps().front() + rows).c_str(), nullptr, nullptr, &mistake);
  EXPECT_EQ(mistake, nullptr) << mistake;
  sqlite3_free(mistake);
  sqlite3_close(opened);
}

TEST_F(ReindexTest, AnOlderDatabaseKeepsItsNumbersFlagsAndStateAndIsIndexedAnew) {
  const Entry two = find("subject:two account:work").entries.at(0);
  fs::remove_all(archive_.path() / ".restante");
  fs::create_directories(archive_.path() / ".restante");
  make_old(Database::file_of(archive_.path()),
           "INSERT INTO messages (id, account, sha256, name, size, arrived, date, indexed, thread, "
           "subject) VALUES (77, 'work', '" +
               two.sha256 + "', '" + two.name +
               "', 50, 5, 5, 1, 77, 'two');"
               "INSERT INTO messages (id, account, sha256, name, size, arrived, date, indexed, "
               "removed) VALUES (78, 'work', '" +
               std::string(64, 'a') +
               "', 'new/x', 9, 9, 9, 1, 1);"
               "INSERT INTO search (rowid, subject, body) VALUES (77, 'two', 'word');"
               "INSERT INTO uids (account, uid, first_seen, state) VALUES ('work', 'u', 1, 2);");
  EXPECT_EQ(Database::open(archive_.path(), Access::kRead).error().code, Errc::kState);
  {
    Database opened = database();
    ASSERT_TRUE(synchronize_all(opened, archive_.path(), clock_));
    const auto indexed = index_pending(opened, archive_.path());
    ASSERT_TRUE(indexed) << indexed.error().message();
    EXPECT_EQ(indexed->whole, 3U);
  }
  EXPECT_EQ(find("word").total, 3U);
  EXPECT_EQ(find("body:word subject:two account:work").entries.at(0).id, 77);
  EXPECT_EQ(find("is:removed").entries.at(0).id, 78);
  const auto done = reindex(archive_.path(), {});
  ASSERT_TRUE(done);
  EXPECT_EQ(done->uids_kept, 1U);
  EXPECT_EQ(absence_of_a(), Absence::kAccepted);
}

TEST_F(ReindexTest, WhatVersionElevenHasForDeletedIsDeletedOnNoServer) {
  // It took over what had vanished before, too.
  for (const bool passed : {false, true}) {
    const std::string row =
        "INSERT OR REPLACE INTO messages (id, account, sha256, name, size, arrived, date, indexed, "
        "removed, passing, attempts) VALUES (78, 'work', '" +
        std::string(64, 'a') + "', 'new/x', 9, 9, 9, 1, 1, " + std::to_string(passed ? 1 : 0) +
        ", 2); PRAGMA user_version = 11";
    ASSERT_TRUE(database().run(row.c_str()));
    EXPECT_EQ(absence_of_a(), passed ? Absence::kDeleted : Absence::kAccepted);
    Database opened = database();
    auto query = opened.prepare("SELECT attempts FROM messages WHERE id = 78");
    ASSERT_TRUE(query && *query->step());
    EXPECT_EQ(query->number(0), 0);
  }
}

TEST_F(ReindexTest, AMessageThatIsBackIsFoundByItsWords) {
  const Entry one = find("subject:one").entries.at(0);
  const Path file = file_of(archive_.path(), one);
  const Path away = archive_.path() / "away";
  fs::rename(file, away);
  {
    Database opened = database();
    ASSERT_TRUE(synchronize_all(opened, archive_.path(), clock_));
  }
  ASSERT_TRUE(reindex(archive_.path(), {}));
  fs::rename(away, file);
  Database opened = database();
  ASSERT_TRUE(synchronize_all(opened, archive_.path(), clock_));
  ASSERT_TRUE(index_pending(opened, archive_.path()));
  EXPECT_EQ(find("subject:one").total, 1U);
}

TEST_F(ReindexTest, ADamagedDatabaseOfAnOlderVersionIsPutAsideAndItsStateSaved) {
  fs::remove_all(archive_.path() / ".restante");
  fs::create_directories(archive_.path() / ".restante");
  make_old(Database::file_of(archive_.path()),
           "INSERT INTO messages (id, account, sha256, name, size, arrived, date, indexed, "
           "removed) VALUES (78, 'work', '" +
               std::string(64, 'a') +
               "', 'new/x', 9, 9, 9, 1, 1);"
               "INSERT INTO uids (account, uid, first_seen, state) VALUES ('work', 'u', 1, 2);"
               "INSERT INTO hand_on (account, sha256, destination) VALUES ('work', 'b', 'one');");
  damage("attachments");
  const auto done = reindex(archive_.path(), {});
  ASSERT_TRUE(done) << done.error().message();
  EXPECT_FALSE(done->put_aside.empty());
  EXPECT_TRUE(done->fetch_state_whole);
  EXPECT_EQ(done->uids_kept, 1U);
  EXPECT_EQ(find("word").total, 3U);
  EXPECT_EQ(find("is:removed").entries.at(0).id, 78);
  EXPECT_EQ(absence_of_a(), Absence::kAccepted);
  Database opened = database();
  auto query = opened.prepare("SELECT count(*) FROM hand_on WHERE destination = 'one'");
  ASSERT_TRUE(query && *query->step());
  EXPECT_EQ(query->number(0), 1);
}

TEST_F(ReindexTest, CopiesBecomeLinks) {
  Database opened = database();
  std::vector<std::string> told;
  const auto tell = [&](const std::string& line) { told.push_back(line); };
  const auto planned = dedupe(opened, archive_.path(), true, tell);
  ASSERT_TRUE(planned);
  EXPECT_EQ(planned->linked, 1U);
  const Entry copy = find("subject:two account:work").entries.at(0);
  EXPECT_EQ(fs::hard_link_count(file_of(archive_.path(), copy)), 1U);
  const std::string content = read_file(file_of(archive_.path(), copy));
  const auto done = dedupe(opened, archive_.path(), false, tell);
  ASSERT_TRUE(done);
  EXPECT_EQ(done->groups, 1U);
  EXPECT_EQ(done->linked, 1U);
  EXPECT_EQ(done->bytes_freed, content.size());
  EXPECT_EQ(fs::hard_link_count(file_of(archive_.path(), copy)), 2U);
  EXPECT_EQ(read_file(file_of(archive_.path(), copy)), content);
  EXPECT_EQ(dedupe(opened, archive_.path(), false, tell)->already, 1U);
  EXPECT_EQ(find("subject:two").total, 2U);
}

TEST_F(ReindexTest, LinkingWaitsForNoFetch) {
  Database opened = database();
  const auto lock = AccountLock::take(archive_.path(), "work");
  ASSERT_TRUE(lock);
  EXPECT_EQ(dedupe(opened, archive_.path(), false, {}).error().code, Errc::kBusy);
}

TEST_F(ReindexTest, ACopyThatAReaderHasRenamedIsLinkedUnderItsNewName) {
  Database opened = database();
  const Path copy = file_of(archive_.path(), find("subject:two account:work").entries.at(0));
  const Path renamed = maildir("work") / "cur" / (copy.filename().string() + ":2,S");
  fs::rename(copy, renamed);
  const auto done = dedupe(opened, archive_.path(), false, {});
  ASSERT_TRUE(done);
  EXPECT_EQ(done->linked, 1U);
  EXPECT_EQ(fs::hard_link_count(renamed), 2U);
  EXPECT_FALSE(fs::exists(copy));
  EXPECT_TRUE(sorted_names(maildir("work") / "tmp").empty());
}

TEST_F(ReindexTest, DamagedCopiesAreNotLinked) {
  Database opened = database();
  write_file(file_of(archive_.path(), find("subject:two account:home").entries.at(0)), "rotten");
  const auto done = dedupe(opened, archive_.path(), false, {});
  ASSERT_TRUE(done);
  EXPECT_EQ(done->linked, 0U);
  EXPECT_EQ(done->failed, 1U);
}

TEST_F(ReindexTest, Statistics) {
  Database opened = database();
  const auto by = [&](GroupBy group) {
    std::string all;
    const auto counted = statistics(opened, QueryNode{AllOf{}}, group, 10);
    EXPECT_TRUE(counted);
    EXPECT_EQ(counted->messages, 3U);
    EXPECT_EQ(counted->unread, 3U);
    for (const Group& one : counted->groups)
      all += one.name + "=" + std::to_string(one.messages) + " ";
    return all;
  };
  EXPECT_EQ(by(GroupBy::kAccount), "home=2 work=1 ");
  EXPECT_EQ(by(GroupBy::kMonth), "2026-11=3 ");
  EXPECT_EQ(by(GroupBy::kSender), "a@example.com=3 ");
  EXPECT_EQ(by(GroupBy::kSize),
            "up to 1k=3 up to 10k=0 up to 100k=0 up to 1M=0 up to 10M=0 more than 10M=0 ");
}

TEST(SenderOf, AnAddressInAnyText) {
  EXPECT_EQ(sender_of("A <X@Example.com>"), "x@example.com");
  EXPECT_EQ(sender_of("x@example.com"), "x@example.com");
  EXPECT_EQ(sender_of("> <"), "> <");
  EXPECT_EQ(sender_of(""), "");
}

}  // namespace
}  // namespace restante::archive
