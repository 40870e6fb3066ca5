#include "sql/version.h"

#include <gtest/gtest.h>

#include "sql/test_support.h"

namespace restante::sql {
namespace {

constexpr const char* kTables = "CREATE TABLE made (n INTEGER); PRAGMA user_version = 3;";

class VersionTest : public DatabaseTest {};

TEST_F(VersionTest, ANewDatabaseHasNone) { EXPECT_EQ(version_of(database), 0); }

TEST_F(VersionTest, TablesAreMadeOnce) {
  ASSERT_TRUE(make_tables(database, kTables));
  EXPECT_EQ(version_of(database), 3);
  EXPECT_TRUE(make_tables(database, kTables)) << "another program was faster";
  EXPECT_TRUE(database.run("INSERT INTO made VALUES (1)"));
}

TEST_F(VersionTest, ASchemaThatFailsLeavesNothing) {
  EXPECT_FALSE(
      make_tables(database, "CREATE TABLE made (n INTEGER); CREATE TABLE made (n INTEGER);"));
  EXPECT_EQ(version_of(database), 0);
  EXPECT_TRUE(make_tables(database, kTables));
}

}  // namespace
}  // namespace restante::sql
