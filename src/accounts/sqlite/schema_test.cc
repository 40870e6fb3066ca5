#include "accounts/sqlite/schema.h"

#include <sys/stat.h>

#include <latch>
#include <thread>

#include "accounts/sqlite/test_fixture.h"

namespace restante::accounts::sqlite {
namespace {

using testing::HasSubstr;

TEST(SqliteSchema, AnEmptyFileBecomesADatabase) {
  const TempDir dir;
  dir.write("empty.db", "");
  EXPECT_TRUE(open_directory(dir / "empty.db"));
  EXPECT_TRUE(open_directory(dir / "empty.db"));
}

TEST(SqliteSchema, RefusesForeignAndNewerDatabases) {
  const TempDir dir;
  dir.write("text",
            "this is not a database, but it is long enough to look at: " + std::string(1000, '.'));
  EXPECT_EQ(code(open_directory(dir / "text")), Errc::kCorrupt);
  {
    dir.write("foreign.db", "");
    auto foreign = Database::open(dir / "foreign.db", std::chrono::seconds(1));
    ASSERT_TRUE(foreign->run("CREATE TABLE account (name TEXT)"));
  }
  EXPECT_EQ(code(open_directory(dir / "foreign.db")), Errc::kCorrupt);
  ASSERT_TRUE(open_directory(dir / "newer.db"));
  {
    auto newer = Database::open(dir / "newer.db", std::chrono::seconds(1));
    ASSERT_TRUE(newer->run("PRAGMA user_version = 2"));
  }
  const auto refused = open_directory(dir / "newer.db");
  ASSERT_EQ(code(refused), Errc::kCorrupt);
  EXPECT_THAT(refused.error().detail, HasSubstr("newer"));
  EXPECT_EQ(code(open_directory(dir / "no" / "such" / "folder.db")), Errc::kIo);
}

// Several programs start at once on a data directory without a database.
TEST(SqliteSchema, ManyMakeItAtOnce) {
  constexpr int kThreads = 6;
  for (int round = 0; round < 10; ++round) {
    const TempDir dir;
    std::latch start(kThreads);
    std::vector<std::string> failures(kThreads);
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < kThreads; ++i)
      threads.emplace_back([&, i] {
        start.arrive_and_wait();
        const ManualClock clock;
        auto admin = sqlite::open_admin(dir / "accounts.db", NameRules("x.test", true), clock);
        if (!admin) {
          failures[i] = admin.error().message();
          return;
        }
        const auto added = (*admin)->add("a" + std::to_string(i), "{PLAIN}x");
        if (!added) failures[i] = added.error().message();
      });
    for (auto& thread : threads) thread.join();
    for (const std::string& failure : failures) EXPECT_EQ(failure, "");
    const ManualClock clock;
    auto admin = sqlite::open_admin(dir / "accounts.db", NameRules("x.test", true), clock);
    ASSERT_TRUE(admin);
    EXPECT_EQ((*admin)->list()->size(), std::size_t{kThreads});
  }
}

TEST_F(SqliteAccounts, FilesAreForTheOwnerOnly) {
  ASSERT_TRUE(admin->add("alice", "{PLAIN}x"));
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(dir.path())) {
    struct stat found {};
    ASSERT_EQ(::stat(entry.path().c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 0777U, 0600U) << entry.path();
    ++files;
  }
  EXPECT_EQ(files, 3) << "the database, its WAL and its shared memory";
}

}  // namespace
}  // namespace restante::accounts::sqlite
