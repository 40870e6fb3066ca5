#include "sql/connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "sql/test_support.h"

namespace restante::sql {
namespace {

class ConnectionTest : public DatabaseTest {
 protected:
  ConnectionTest() {
    EXPECT_TRUE(database.run("CREATE TABLE t (name TEXT PRIMARY KEY, n INTEGER) STRICT"));
  }
  std::int64_t count() {
    auto query = *database.prepare("SELECT count(*) FROM t");
    EXPECT_TRUE(*query.step());
    return query.number(0);
  }
};

TEST_F(ConnectionTest, BindsEveryTextAsData) {
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

TEST_F(ConnectionTest, ErrorsHaveTheirCode) {
  ASSERT_TRUE(database.run("INSERT INTO t VALUES ('a', 1)"));
  EXPECT_EQ(database.run("INSERT INTO t VALUES ('a', 1)").error().code, Errc::kExists);
  EXPECT_EQ(database.run("SELECT nonsense").error().code, Errc::kSyntax);
  EXPECT_EQ(database.prepare("SELECT nonsense").error().code, Errc::kSyntax);
  ASSERT_TRUE(database.run("PRAGMA max_page_count = 4"));
  EXPECT_EQ(database.run("INSERT INTO t VALUES (hex(zeroblob(100000)), 1)").error().code,
            Errc::kFull);
  EXPECT_EQ(Connection::open(folder / "missing.db", {}).error().code, Errc::kIo);
}

TEST_F(ConnectionTest, DamageSaysWhatToDo) {
  std::ofstream(folder / "noise.db") << std::string(8192, 'x');
  Opening opening;
  opening.when_corrupt = " (make it anew)";
  const auto opened = Connection::open(folder / "noise.db", opening);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Errc::kCorrupt);
  EXPECT_THAT(opened.error().detail, testing::EndsWith("(make it anew)"));
}

TEST_F(ConnectionTest, AStatementMayChangeALot) {
  auto transaction = database.begin();
  ASSERT_TRUE(transaction);
  ASSERT_TRUE(
      database.run("WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < 5000) "
                   "INSERT INTO t SELECT printf('%0900d', n), n FROM i"));
  const Status changed = database.run("UPDATE t SET n = n + 1");
  ASSERT_TRUE(changed) << changed.error().message();
  // One that fails at its end is taken back alone.
  EXPECT_FALSE(
      database.run("UPDATE t SET n = n + 1, name = CASE n WHEN 5001 THEN NULL ELSE name END"));
  ASSERT_TRUE((*transaction)->commit());
  auto query = *database.prepare("SELECT sum(n) FROM t");
  ASSERT_TRUE(*query.step());
  EXPECT_EQ(query.number(0), 5000 * 5003 / 2);
}

TEST_F(ConnectionTest, ATransactionIsAllOrNothing) {
  {
    auto transaction = database.begin();
    ASSERT_TRUE(transaction);
    ASSERT_TRUE(database.run("INSERT INTO t VALUES ('a', 1)"));
  }
  EXPECT_EQ(count(), 0);
  {
    auto transaction = database.begin();
    ASSERT_TRUE(database.run("INSERT INTO t VALUES ('a', 1)"));
    ASSERT_TRUE((*transaction)->commit());
  }
  EXPECT_EQ(count(), 1);
}

TEST_F(ConnectionTest, ASecondWriterIsBusyAndAReaderIsNot) {
  auto other = *Connection::open(path, {});
  auto transaction = database.begin();
  ASSERT_TRUE(transaction);
  EXPECT_EQ(other.begin().error().code, Errc::kBusy);
  auto query = *other.prepare("SELECT count(*) FROM t");
  EXPECT_TRUE(query.step());
}

TEST_F(ConnectionTest, CommitsAreDurable) {
  auto query = *database.prepare(
      "SELECT journal_mode, synchronous, foreign_keys "
      "FROM pragma_journal_mode, pragma_synchronous, pragma_foreign_keys");
  ASSERT_TRUE(*query.step());
  EXPECT_EQ(query.text(0), "wal");
  EXPECT_EQ(query.number(1), 2) << "FULL";
  EXPECT_EQ(query.number(2), 1);
}

}  // namespace
}  // namespace restante::sql
