#include "archive/database/rebuild.h"

#include <sys/resource.h>

#include <csignal>

#include "archive/database/catalog.h"
#include "archive/database/put_aside.h"
#include "archive/mailbox/account_lock.h"
#include "archive/mailbox/test_support.h"

namespace restante::archive {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::milliseconds kPatience{50};
constexpr int kMany = 3000;

class Rebuild : public ArchiveTest {
 protected:
  Rebuild() {
    Mailbox home = open("home");
    keep(home, {"Subject: one\r\n\r\nword\r\n", "Subject: two\r\n\r\nword\r\n"});
    Database opened = database();
    EXPECT_TRUE(synchronize_all(opened, archive_.path(), clock_));
    EXPECT_TRUE(opened.run(("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE "
                            "i < " +
                            std::to_string(kMany) +
                            ") INSERT INTO uids (account, uid, first_seen, state, reason) SELECT "
                            "'home', 'uid-' || i, 1, 1, 'some words that take room' FROM n")
                               .c_str()));
    EXPECT_TRUE(opened.run("INSERT INTO habits VALUES ('home', 'there', 1, 'it does', 9)"));
    EXPECT_TRUE(opened.run("INSERT INTO meta VALUES ('fetch.from_now_on.home', '1')"));
    EXPECT_TRUE(opened.run("UPDATE messages SET id = id + 40"));
  }
  Database database() { return std::move(*Database::open(archive_.path(), Access::kCreate)); }
  Path file() const { return Database::file_of(archive_.path()); }
  std::int64_t count(const std::string& what) {
    Database opened = database();
    auto query = opened.prepare("SELECT count(*) FROM " + what);
    EXPECT_TRUE(query && query->step()) << what;
    return query->number(0);
  }
  /// In the middle of a table, so that rows before and behind it stay readable.
  void damage_a_page_of_uids() {
    std::int64_t page = 0;
    {
      Database opened = database();
      ASSERT_TRUE(opened.run("PRAGMA wal_checkpoint(TRUNCATE)"));
      auto query = opened.prepare(
          "SELECT pageno FROM dbstat WHERE name = 'uids' AND pagetype = "
          "'leaf' ORDER BY pageno LIMIT 1 OFFSET 5");
      ASSERT_TRUE(query && *query->step());
      page = query->number(0) - 1;
    }
    std::string content = read_file(file());
    content.replace(static_cast<std::size_t>(page) * 4096, 4096, std::string(4096, '\x5a'));
    write_file(file(), content);
  }
  std::vector<std::string> names() const { return sorted_names(state_folder(archive_.path())); }
};

TEST_F(Rebuild, SavesWhatLiesAroundTheDamage) {
  damage_a_page_of_uids();
  const auto done = rebuild(archive_.path(), kPatience);
  ASSERT_TRUE(done) << done.error().message();
  EXPECT_FALSE(done->whole);
  EXPECT_TRUE(fs::exists(done->put_aside));
  EXPECT_TRUE(done->put_aside.ends_with(".taken"));
  const std::int64_t saved = count("uids");
  EXPECT_GT(saved, kMany - 200);
  EXPECT_LT(saved, kMany);
  EXPECT_EQ(count("habits"), 1);
  EXPECT_EQ(count("meta WHERE name = 'fetch.from_now_on.home'"), 1);
  EXPECT_EQ(count("messages WHERE id > 40 AND removed = 0"), 2);
  // Lost state is looked at again by the next fetch.
  EXPECT_EQ(count("meta WHERE name = 'fetch.lost.home'"), 1);
}

TEST_F(Rebuild, WhoHasItOpenIsWaitedForAndNothingChanges) {
  const std::string before = read_file(file());
  Database other = database();
  const auto done = rebuild(archive_.path(), kPatience);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Errc::kBusy);
  EXPECT_EQ(read_file(file()).substr(4096), before.substr(4096));
  EXPECT_FALSE(fs::exists(file().string() + ".new"));
}

TEST_F(Rebuild, AFullDiskLeavesTheOldOne) {
  for (const rlim_t most : {rlim_t{100}, rlim_t{8192}, rlim_t{100'000}, rlim_t{200'000}}) {
    {
      rlimit before{};
      ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
      const auto handler = std::signal(SIGXFSZ, SIG_IGN);
      rlimit tight = before;
      tight.rlim_cur = most;
      ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &tight), 0);
      const auto done = rebuild(archive_.path(), kPatience);
      ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
      std::signal(SIGXFSZ, handler);
      ASSERT_FALSE(done) << most;
      // A limit is not in all of SQLite's reasons; a full disk is.
      EXPECT_TRUE(done.error().code == Errc::kFull || done.error().code == Errc::kIo)
          << done.error().message();
    }
    EXPECT_EQ(count("uids"), kMany);
    EXPECT_TRUE(put_aside(archive_.path(), Aside::kAll)->empty());
    for (const std::string& name : names()) EXPECT_EQ(name.find(".new"), std::string::npos) << name;
  }
}

TEST_F(Rebuild, ADatabaseThatWasPutAsideAndForgottenIsTakenOver) {
  const Path aside = state_folder(archive_.path()) / "restante.db.damaged-123";
  {
    Database before = database();
    ASSERT_TRUE(before.run("PRAGMA wal_checkpoint(TRUNCATE)"));
    fs::copy_file(file(), aside);
    ASSERT_TRUE(before.run("DELETE FROM uids"));
    ASSERT_TRUE(before.run("DELETE FROM meta"));
  }
  const auto opened = Database::open(archive_.path(), Access::kWrite);
  ASSERT_TRUE(opened);
  ASSERT_EQ(opened->remarks().size(), 1U);
  EXPECT_NE(opened->remarks().front().find(std::to_string(kMany)), std::string::npos);
  EXPECT_EQ(count("uids"), kMany);
  // Its next fetch was another one.
  EXPECT_EQ(count("meta WHERE name = 'fetch.from_now_on.home'"), 0);
  EXPECT_FALSE(fs::exists(aside));
  EXPECT_TRUE(fs::exists(aside.string() + ".taken"));
  // Once.
  ASSERT_TRUE(database().run("DELETE FROM uids"));
  EXPECT_TRUE(database().remarks().empty());
  EXPECT_EQ(count("uids"), 0);
}

TEST_F(Rebuild, ALostDatabaseIsReplacedByWhatOlderOnesTell) {
  const Path taken = state_folder(archive_.path()) / "restante.db.damaged-123.taken";
  ASSERT_TRUE(database().run("PRAGMA wal_checkpoint(TRUNCATE)"));
  fs::copy_file(file(), taken);
  for (const char* const ending : {"", "-wal", "-shm"}) fs::remove(file().string() + ending);
  const auto done = rebuild(archive_.path(), kPatience);
  ASSERT_TRUE(done) << done.error().message();
  EXPECT_FALSE(done->whole);
  EXPECT_EQ(count("uids"), kMany);
  EXPECT_EQ(count("meta WHERE name = 'fetch.from_now_on.home'"), 0);
  EXPECT_EQ(count("messages WHERE id > 40"), 2);
}

TEST_F(Rebuild, ALogBesideTheSecondNameGoesBackToTheFirst) {
  const Path aside = state_folder(archive_.path()) / "restante.db.damaged-123";
  const Path kept = archive_.path() / "kept";
  {
    Database opened = database();
    ASSERT_TRUE(opened.run("PRAGMA wal_checkpoint(TRUNCATE)"));
    ASSERT_TRUE(
        opened.run("INSERT INTO uids (account, uid, first_seen, state) VALUES "
                   "('home', 'the newest', 1, 1)"));
    fs::copy_file(file(), kept);
    fs::copy_file(file().string() + "-wal", aside.string() + "-wal");
  }
  for (const char* const ending : {"-wal", "-shm"}) fs::remove(file().string() + ending);
  fs::rename(kept, file());
  fs::create_hard_link(file(), aside);
  const auto done = rebuild(archive_.path(), kPatience);
  ASSERT_TRUE(done) << done.error().message();
  EXPECT_FALSE(fs::exists(aside.string() + "-wal"));
  EXPECT_EQ(count("uids"), kMany + 1);
}

TEST_F(Rebuild, WhatWaitedInAnOlderStateIsNotHandedOnAgain) {
  const Path aside = state_folder(archive_.path()) / "restante.db.damaged-123.taken";
  {
    Database before = database();
    ASSERT_TRUE(
        before.run("INSERT INTO hand_on (account, sha256, destination, state) VALUES "
                   "('home', 'waits', 'there', 0), ('home', 'went', 'there', 1)"));
    ASSERT_TRUE(before.run("PRAGMA wal_checkpoint(TRUNCATE)"));
  }
  fs::rename(file(), aside);
  for (const char* const ending : {"-wal", "-shm"}) fs::remove(file().string() + ending);
  ASSERT_TRUE(rebuild(archive_.path(), kPatience));
  EXPECT_EQ(count("hand_on WHERE sha256 = 'went'"), 1);
  EXPECT_EQ(count("hand_on WHERE sha256 = 'waits' AND state = 2 AND reason <> ''"), 1);
}

TEST_F(Rebuild, TwoNamesOfOneDatabaseAreOne) {
  const Path aside = state_folder(archive_.path()) / "restante.db.damaged-123";
  fs::create_hard_link(file(), aside);
  EXPECT_EQ(count("uids"), kMany);
  EXPECT_FALSE(fs::exists(aside));
  EXPECT_FALSE(fs::exists(aside.string() + ".taken"));
}

}  // namespace
}  // namespace restante::archive
