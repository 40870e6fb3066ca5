#include "accounts/sqlite/database.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "accounts/test_support.h"

namespace restante::accounts::sqlite {
namespace {

class DatabaseTest : public testing::Test {
 protected:
  DatabaseTest() {
    dir.write("test.db", "");
    database = std::move(*Database::open(path, std::chrono::milliseconds(0)));
    EXPECT_TRUE(database.run("CREATE TABLE t (name TEXT PRIMARY KEY, n INTEGER) STRICT"));
  }
  std::int64_t count() {
    auto query = *database.prepare("SELECT count(*) FROM t");
    EXPECT_TRUE(*query.step());
    return query.number(0);
  }

  TempDir dir;
  const std::filesystem::path path = dir / "test.db";
  Database database;
};

TEST_F(DatabaseTest, BindsEveryTextAsData) {
  auto insert = *database.prepare("INSERT INTO t VALUES (?1, ?2)");
  const std::vector<std::string> texts = {"",  "'",  "\"; DROP TABLE t; --",
                                          "%", "?1", "\xF0\x9F\x93\xAC"};
  for (const std::string& text : texts) {
    const ResetAtEnd reset(insert);
    insert.bind(1, text);
    insert.bind(2, std::int64_t{-1});
    EXPECT_FALSE(*insert.step());
  }
  auto query = *database.prepare("SELECT name, n FROM t WHERE name = ?1");
  for (const std::string& text : texts) {
    const ResetAtEnd reset(query);
    query.bind(1, text);
    ASSERT_TRUE(*query.step()) << text;
    EXPECT_EQ(query.text(0), text);
    EXPECT_EQ(query.number(1), -1);
  }
  const ResetAtEnd reset(query);
  query.bind(1, std::string_view());
  EXPECT_TRUE(*query.step()) << "no text is the empty text, not NULL";
}

TEST_F(DatabaseTest, ErrorsHaveTheirCode) {
  ASSERT_TRUE(database.run("INSERT INTO t VALUES ('a', 1)"));
  EXPECT_EQ(database.run("INSERT INTO t VALUES ('a', 1)").error().code, Errc::kExists);
  EXPECT_EQ(database.run("SELECT nonsense").error().code, Errc::kIo);
  EXPECT_EQ(database.prepare("SELECT nonsense").error().code, Errc::kIo);
  ASSERT_TRUE(database.run("PRAGMA max_page_count = 4"));
  EXPECT_EQ(database.run("INSERT INTO t VALUES (hex(zeroblob(100000)), 1)").error().code,
            Errc::kFull);
  EXPECT_EQ(Database::open(dir / "missing.db", std::chrono::milliseconds(0)).error().code,
            Errc::kIo);
}

TEST_F(DatabaseTest, ATransactionIsAllOrNothing) {
  {
    auto transaction = Transaction::begin(database);
    ASSERT_TRUE(transaction);
    ASSERT_TRUE(database.run("INSERT INTO t VALUES ('a', 1)"));
  }
  EXPECT_EQ(count(), 0);
  {
    auto transaction = Transaction::begin(database);
    ASSERT_TRUE(database.run("INSERT INTO t VALUES ('a', 1)"));
    ASSERT_TRUE((*transaction)->commit());
  }
  EXPECT_EQ(count(), 1);
}

TEST_F(DatabaseTest, ASecondWriterIsBusyAndAReaderIsNot) {
  auto other = *Database::open(path, std::chrono::milliseconds(0));
  auto transaction = Transaction::begin(database);
  ASSERT_TRUE(transaction);
  EXPECT_EQ(Transaction::begin(other).error().code, Errc::kBusy);
  auto query = *other.prepare("SELECT count(*) FROM t");
  EXPECT_TRUE(query.step());
}

TEST_F(DatabaseTest, CommitsAreDurable) {
  auto query = *database.prepare(
      "SELECT journal_mode, synchronous, foreign_keys "
      "FROM pragma_journal_mode, pragma_synchronous, pragma_foreign_keys");
  ASSERT_TRUE(*query.step());
  EXPECT_EQ(query.text(0), "wal");
  EXPECT_EQ(query.number(1), 2) << "FULL";
  EXPECT_EQ(query.number(2), 1);
}

}  // namespace
}  // namespace restante::accounts::sqlite
