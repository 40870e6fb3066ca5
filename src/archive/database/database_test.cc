#include "archive/database/database.h"

#include "archive/mailbox/test_support.h"

namespace restante::archive {
namespace {

TEST(ArchiveDatabase, IsMadeOnceAndOpenedAgain) {
  TempFolder folder;
  EXPECT_FALSE(Database::open(folder.path(), Access::kWrite));
  EXPECT_FALSE(Database::open(folder.path(), Access::kRead));
  {
    auto made = Database::open(folder.path(), Access::kCreate);
    ASSERT_TRUE(made) << made.error().message();
    ASSERT_TRUE(made->run("INSERT INTO meta (name, value) VALUES ('a', 'b')"));
  }
  auto again = Database::open(folder.path(), Access::kRead);
  ASSERT_TRUE(again) << again.error().message();
  auto query = again->prepare("SELECT value FROM meta WHERE name = ?1");
  ASSERT_TRUE(query);
  query->bind(1, "a");
  ASSERT_TRUE(*query->step());
  EXPECT_EQ(query->text(0), "b");
  query->reset();
  EXPECT_FALSE(*query->step());
  EXPECT_EQ(again->run("DELETE FROM meta").error().code, Errc::kState);
}

TEST(ArchiveDatabase, CommitsAreDurableBySetting) {
  TempFolder folder;
  auto database = Database::open(folder.path(), Access::kCreate);
  ASSERT_TRUE(database);
  for (const auto& [pragma, value] :
       {std::pair("PRAGMA synchronous", "2"), std::pair("PRAGMA journal_mode", "wal"),
        std::pair("PRAGMA foreign_keys", "1")}) {
    auto query = database->prepare(pragma);
    ASSERT_TRUE(query && *query->step());
    EXPECT_EQ(query->text(0), value) << pragma;
  }
}

TEST(ArchiveDatabase, WithoutCommitNothingHappened) {
  TempFolder folder;
  auto database = Database::open(folder.path(), Access::kCreate);
  ASSERT_TRUE(database);
  const auto count = [&] {
    auto query = database->prepare("SELECT count(*) FROM meta");
    EXPECT_TRUE(query && *query->step());
    return query->number(0);
  };
  {
    auto transaction = database->begin();
    ASSERT_TRUE(transaction && database->run("INSERT INTO meta VALUES ('a', 'b')"));
  }
  EXPECT_EQ(count(), 0);
  {
    auto transaction = database->begin();
    ASSERT_TRUE(transaction && database->run("INSERT INTO meta VALUES ('a', 'b')"));
    ASSERT_TRUE((*transaction)->commit());
  }
  EXPECT_EQ(count(), 1);
}

TEST(ArchiveDatabase, AnotherProgramsFileIsRefused) {
  TempFolder folder;
  const Path file = folder.path() / "x.db";
  write_file(file,
             "this is no database, but it is long enough to be taken for one, is it not? ....");
  const auto text = Database::open_file(file, Access::kWrite);
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, Errc::kCorrupt);
  EXPECT_NE(text.error().detail.find("reindex"), std::string::npos);
}

TEST(ArchiveDatabase, ANewerVersionIsRefused) {
  TempFolder folder;
  {
    auto database = Database::open(folder.path(), Access::kCreate);
    ASSERT_TRUE(database && database->run("PRAGMA user_version = 9999"));
  }
  const auto newer = Database::open(folder.path(), Access::kWrite);
  ASSERT_FALSE(newer);
  EXPECT_EQ(newer.error().code, Errc::kCorrupt);
}

}  // namespace
}  // namespace restante::archive
