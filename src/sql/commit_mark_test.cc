#include "sql/commit_mark.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sql/test_support.h"

namespace restante::sql {
namespace {

class CommitMarkTest : public DatabaseTest {
 protected:
  CommitMarkTest() {
    EXPECT_TRUE(writer.run("CREATE TABLE t (n INTEGER) STRICT"));
    EXPECT_EQ(sum(), 0);
  }

  std::int64_t sum() {
    auto query = *reader.prepare("SELECT total(n) FROM t");
    EXPECT_TRUE(*query.step());
    return query.number(0);
  }

  Connection& writer = database;
  Connection reader = std::move(*Connection::open(path, {}));
};

TEST_F(CommitMarkTest, StaysWithoutACommit) {
  const auto mark = commit_mark(reader);
  ASSERT_TRUE(mark);
  sum();
  ASSERT_TRUE(writer.run("BEGIN IMMEDIATE; INSERT INTO t VALUES (1); ROLLBACK"));
  EXPECT_EQ(commit_mark(reader), mark);
}

TEST_F(CommitMarkTest, EachCommitMakesAnother) {
  std::optional<CommitMark> last = commit_mark(reader);
  for (int i = 1; i <= 1000; ++i) {
    ASSERT_TRUE(writer.run("UPDATE t SET n = n + 1"));
    ASSERT_TRUE(writer.run("INSERT INTO t VALUES (0)"));
    const auto now = commit_mark(reader);
    ASSERT_TRUE(now);
    EXPECT_NE(now, last) << i;
    last = now;
  }
}

// The file begins anew then, and a commit may be as long as the one before.
TEST_F(CommitMarkTest, ACommitAfterACheckpointMakesAnother) {
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(writer.run("INSERT INTO t VALUES (1)"));
    sum();
    const auto before = commit_mark(reader);
    ASSERT_TRUE(before);
    ASSERT_TRUE(writer.run("PRAGMA wal_checkpoint(TRUNCATE)"));
    ASSERT_TRUE(writer.run("INSERT INTO t VALUES (1)"));
    EXPECT_NE(commit_mark(reader), before);
    EXPECT_EQ(sum(), 2 * i + 2);
  }
}

TEST_F(CommitMarkTest, AnotherProcessCountsToo) {
  const auto before = commit_mark(reader);
  ASSERT_TRUE(before);
  const pid_t child = ::fork();
  if (child == 0) {
    auto own = Connection::open(path, {});
    ::_exit(own && own->run("INSERT INTO t VALUES (7)") ? 0 : 1);
  }
  int status = 1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);
  EXPECT_NE(commit_mark(reader), before);
  EXPECT_EQ(sum(), 7);
}

TEST_F(CommitMarkTest, ADatabaseInMemoryHasNone) {
  auto memory = *Connection::open(":memory:", {.mode = Mode::kCreate});
  EXPECT_EQ(commit_mark(memory), std::nullopt);
}

}  // namespace
}  // namespace restante::sql
