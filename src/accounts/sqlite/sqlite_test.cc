#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <latch>
#include <thread>

#include "accounts/sqlite/admin.h"
#include "accounts/sqlite/directory.h"
#include "accounts/sqlite/schema.h"
#include "accounts/test_support.h"

namespace restante::accounts::sqlite {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class SqliteAccounts : public testing::Test {
 protected:
  std::unique_ptr<AccountAdmin> open_admin() {
    return *sqlite::open_admin(path, NameRules("x.test", true), clock);
  }
  std::vector<std::string> names() {
    std::vector<std::string> found;
    const auto entries = admin->list();
    for (const AccountEntry& entry : *entries) found.push_back(entry.name);
    return found;
  }

  TempDir dir;
  const std::filesystem::path path = dir / "accounts.db";
  ManualClock clock{WallTime(std::chrono::milliseconds(1'700'000'000'123))};
  std::unique_ptr<AccountAdmin> admin = open_admin();
  std::unique_ptr<Directory> directory = *open_directory(path);
};

Errc code(const auto& result) { return result ? Errc{} : result.error().code; }

TEST_F(SqliteAccounts, AddFindRemove) {
  EXPECT_EQ(*admin->add("Alice", "{PLAIN}secret"), "alice@x.test");
  const auto found = directory->find("alice@x.test");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->name, "alice@x.test");
  EXPECT_EQ(found->secret, "{PLAIN}secret");
  EXPECT_TRUE(found->enabled);
  EXPECT_EQ(admin->add("ALICE@X.TEST", "{PLAIN}other").error().code, Errc::kExists);
  EXPECT_TRUE(admin->remove("alice"));
  EXPECT_EQ(directory->find("alice@x.test").error().code, Errc::kNotFound);
  EXPECT_EQ(admin->remove("alice").error().code, Errc::kNotFound);
}

TEST_F(SqliteAccounts, ChangesAreSeenByAFilledCache) {
  ASSERT_TRUE(admin->add("alice", "{PLAIN}one"));
  EXPECT_EQ(directory->find("alice@x.test")->secret, "{PLAIN}one");
  ASSERT_TRUE(admin->set_secret("alice", "{PLAIN}two"));
  EXPECT_EQ(directory->find("alice@x.test")->secret, "{PLAIN}two");
  ASSERT_TRUE(admin->set_enabled("alice", false));
  EXPECT_FALSE(directory->find("alice@x.test")->enabled);
  ASSERT_TRUE(admin->set_enabled("alice", true));
  EXPECT_TRUE(directory->find("alice@x.test")->enabled);
  ASSERT_TRUE(admin->remove("alice"));
  EXPECT_FALSE(directory->find("alice@x.test"));
}

TEST_F(SqliteAccounts, NoAccountNoChange) {
  EXPECT_EQ(code(admin->set_secret("nobody", "{PLAIN}x")), Errc::kNotFound);
  EXPECT_EQ(code(admin->set_enabled("nobody", false)), Errc::kNotFound);
  EXPECT_EQ(code(admin->show("nobody")), Errc::kNotFound);
  EXPECT_EQ(code(admin->remove_alias("nobody")), Errc::kNotFound);
  EXPECT_THAT(*admin->list(), IsEmpty());
}

TEST_F(SqliteAccounts, HostileNamesAreData) {
  const std::vector<std::string> hostile = {
      "'; DROP TABLE account; --@x.test",
      "a\"b@x.test",
      "%@x.test",
      "a%s%n@x.test",
      "../../../etc/passwd@x.test",
      "a@b@c@x.test",
      "?1@x.test",
      "NULL@x.test",
      "a b  c@x.test",
      "\xF0\x9F\x93\xAC@x.test",
      "_@x.test",
  };
  for (const std::string& name : hostile) ASSERT_TRUE(admin->add(name, "{PLAIN}x")) << name;
  EXPECT_EQ(admin->list()->size(), hostile.size());
  for (const std::string& name : names()) {
    EXPECT_EQ(directory->find(name)->name, name);
    EXPECT_TRUE(admin->remove(name)) << name;
  }
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(SqliteAccounts, HostileNamesAreRefusedOrUnknown) {
  for (const std::string_view name :
       {std::string_view("a\0b@x.test", 10), std::string_view("a\r\nb@x.test"),
        std::string_view("\xFF@x.test"), std::string_view("")}) {
    EXPECT_EQ(code(admin->add(name, "{PLAIN}x")), Errc::kSyntax);
    EXPECT_EQ(code(directory->find(name)), Errc::kNotFound);
    EXPECT_EQ(code(directory->find_alias(name)), Errc::kNotFound);
    EXPECT_FALSE(*directory->has_domain(name));
  }
}

TEST_F(SqliteAccounts, SecretsThatNobodyCanVerifyAreRefused) {
  EXPECT_EQ(code(admin->add("alice", "secret")), Errc::kSyntax);
  EXPECT_EQ(code(admin->add("alice", "{WHAT}secret")), Errc::kSyntax);
  ASSERT_TRUE(admin->add("alice", "{PLAIN}x"));
  EXPECT_EQ(code(admin->set_secret("alice", "x")), Errc::kSyntax);
  EXPECT_EQ(directory->find("alice@x.test")->secret, "{PLAIN}x");
}

TEST_F(SqliteAccounts, ShowsEverythingButTheSecret) {
  ASSERT_TRUE(admin->add("alice", "{PLAIN}hunter2"));
  clock.advance(std::chrono::seconds(5));
  ASSERT_TRUE(admin->set_secret("alice", "{CLEARTEXT}hunter3"));
  const auto entry = admin->show("alice");
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->scheme, "CLEARTEXT");
  EXPECT_EQ(to_rfc3339(*entry->created), "2023-11-14T22:13:20.123Z");
  EXPECT_EQ(to_rfc3339(*entry->secret_changed), "2023-11-14T22:13:25.123Z");
}

TEST_F(SqliteAccounts, ImportIsAllOrNothing) {
  ASSERT_TRUE(admin->add("bob", "{PLAIN}x"));
  const std::vector<NewAccount> clash = {
      {"alice", "{PLAIN}a"}, {"bob", "{PLAIN}b"}, {"carol", "{PLAIN}c"}, {"ALICE", "{PLAIN}d"}};
  EXPECT_THAT(*admin->import(clash), ElementsAre(1, 3));
  EXPECT_THAT(names(), ElementsAre("bob@x.test"));
  EXPECT_EQ(code(admin->import({{"alice", "{PLAIN}a"}, {"carol", "hunter2"}})), Errc::kSyntax);
  EXPECT_THAT(names(), ElementsAre("bob@x.test"));
  EXPECT_THAT(*admin->import({{"alice", "{PLAIN}a"}, {"carol", "{PLAIN}c"}}), IsEmpty());
  EXPECT_THAT(names(), ElementsAre("alice@x.test", "bob@x.test", "carol@x.test"));
}

TEST_F(SqliteAccounts, Aliases) {
  ASSERT_TRUE(admin->add("alice", "{PLAIN}x"));
  ASSERT_TRUE(admin->add("bob", "{PLAIN}x"));
  ASSERT_TRUE(admin->add_alias("Team", {"bob", "alice", "BOB@x.test"}));
  ASSERT_TRUE(admin->add_alias("@Other.test", {"team"}));
  EXPECT_THAT(*directory->find_alias("team@x.test"), ElementsAre("bob@x.test", "alice@x.test"));
  EXPECT_THAT(*directory->find_alias("@other.test"), ElementsAre("team@x.test"));
  EXPECT_TRUE(*directory->has_domain("x.test"));
  EXPECT_TRUE(*directory->has_domain("other.test"));
  EXPECT_FALSE(*directory->has_domain("test"));
  const auto all = admin->list_aliases();
  ASSERT_EQ(all->size(), 2U);
  EXPECT_EQ((*all)[0].address, "@other.test");
  EXPECT_THAT((*all)[1].targets, ElementsAre("bob@x.test", "alice@x.test"));
  EXPECT_EQ(code(admin->remove_alias("team")), Errc::kState) << "@other.test leads to it";
  EXPECT_TRUE(admin->remove_alias("@other.test"));
  EXPECT_TRUE(admin->remove_alias("team"));
  EXPECT_FALSE(*directory->has_domain("other.test"));
}

TEST_F(SqliteAccounts, AliasRefusals) {
  ASSERT_TRUE(admin->add("alice", "{PLAIN}x"));
  ASSERT_TRUE(admin->add_alias("team", {"alice"}));
  EXPECT_EQ(code(admin->add_alias("alice", {"team"})), Errc::kExists);
  EXPECT_EQ(code(admin->add_alias("team", {"alice"})), Errc::kExists);
  EXPECT_EQ(code(admin->add("team", "{PLAIN}x")), Errc::kExists);
  EXPECT_THAT(*admin->import({{"team", "{PLAIN}x"}}), ElementsAre(0));
  EXPECT_EQ(code(admin->add_alias("new", {"alice", "nobody"})), Errc::kNotFound);
  EXPECT_EQ(code(admin->add_alias("new", {"new"})), Errc::kSyntax);
  EXPECT_EQ(code(admin->add_alias("new", {})), Errc::kSyntax);
  EXPECT_EQ(code(admin->remove("alice")), Errc::kState) << "team leads to it";
  EXPECT_THAT(names(), ElementsAre("alice@x.test"));
  EXPECT_EQ(admin->list_aliases()->size(), 1U);
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

TEST_F(SqliteAccounts, ReopensWhatIsThere) {
  ASSERT_TRUE(admin->add("alice", "{PLAIN}x"));
  admin.reset();
  directory.reset();
  directory = *open_directory(path);
  EXPECT_TRUE(directory->find("alice@x.test"));
}

TEST_F(SqliteAccounts, ReloadFollowsAReplacedFile) {
  ASSERT_TRUE(admin->add("alice", "{PLAIN}x"));
  ASSERT_TRUE(directory->find("alice@x.test"));
  admin.reset();
  for (const auto* name : {"accounts.db", "accounts.db-wal", "accounts.db-shm"})
    std::filesystem::remove(dir / name);
  admin = open_admin();
  ASSERT_TRUE(admin->add("bob", "{PLAIN}x"));
  ASSERT_TRUE(directory->reload());
  EXPECT_FALSE(directory->find("alice@x.test"));
  EXPECT_TRUE(directory->find("bob@x.test"));
}

TEST_F(SqliteAccounts, ReloadKeepsTheOldStateWhenTheNewIsNone) {
  ASSERT_TRUE(admin->add("alice", "{PLAIN}x"));
  admin.reset();
  for (const auto* name : {"accounts.db", "accounts.db-wal", "accounts.db-shm"})
    std::filesystem::remove(dir / name);
  dir.write("accounts.db", std::string(8192, 'x'));
  EXPECT_EQ(code(directory->reload()), Errc::kCorrupt);
  EXPECT_TRUE(directory->find("alice@x.test"));
}

TEST(SqliteSchema, RefusesForeignAndNewerDatabases) {
  const TempDir dir;
  dir.write("text",
            "this is not a database, but it is long enough to look at: " + std::string(1000, '.'));
  EXPECT_EQ(code(open_directory(dir / "text")), Errc::kCorrupt);
  {
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

// Readers of one directory beside a writer: each answer is one of the states there were.
TEST_F(SqliteAccounts, ThreadsShareADirectory) {
  ASSERT_TRUE(admin->add("alice", "{PLAIN}0"));
  std::atomic<bool> stop = false;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i)
    readers.emplace_back([&] {
      int last = 0;
      while (!stop) {
        const auto account = directory->find("alice@x.test");
        const int now = account ? std::stoi(account->secret.substr(7)) : -1;
        if (now < last) ++wrong;
        last = now;
      }
    });
  for (int i = 1; i <= 50; ++i)
    ASSERT_TRUE(admin->set_secret("alice", "{PLAIN}" + std::to_string(i)));
  stop = true;
  for (auto& reader : readers) reader.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(directory->find("alice@x.test")->secret, "{PLAIN}50");
}

}  // namespace
}  // namespace restante::accounts::sqlite
