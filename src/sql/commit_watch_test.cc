#include "sql/commit_watch.h"

#include <gtest/gtest.h>

#include "sql/test_support.h"

namespace restante::sql {
namespace {

class CommitWatchTest : public DatabaseTest {
 protected:
  CommitWatchTest() {
    EXPECT_TRUE(writer.run("CREATE TABLE t (n INTEGER) STRICT"));
    version = *reader.prepare(CommitWatch::kQuery);
    count = *reader.prepare("SELECT count(*) FROM t");
  }
  bool changed() { return *watch.has_changed(reader, version); }
  std::int64_t rows() {
    const ResetAtEnd reset(count);
    EXPECT_TRUE(*count.step());
    return count.number(0);
  }

  Connection& writer = database;
  Connection reader = std::move(*Connection::open(path, {}));
  Statement version;
  Statement count;
  CommitWatch watch;
};

TEST_F(CommitWatchTest, OnceForEachCommit) {
  EXPECT_TRUE(changed()) << "nothing was asked yet";
  for (int i = 0; i < 100; ++i) {
    EXPECT_FALSE(changed()) << i;
    rows();
    EXPECT_FALSE(changed()) << i;
    ASSERT_TRUE(writer.run("INSERT INTO t VALUES (1)"));
    EXPECT_TRUE(changed()) << i;
  }
}

TEST_F(CommitWatchTest, OfAnotherConnectionItKnowsNothing) {
  EXPECT_TRUE(changed());
  watch.begin_anew();
  EXPECT_TRUE(changed());
  EXPECT_FALSE(changed());
}

}  // namespace
}  // namespace restante::sql
