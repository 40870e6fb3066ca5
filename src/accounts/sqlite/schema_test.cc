#include "accounts/sqlite/schema.h"

#include <sys/stat.h>

#include <latch>
#include <thread>

#include "accounts/sqlite/test_fixture.h"
#include "accounts/sqlite/test_old_version.h"

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
    auto foreign = Database::open(dir / "foreign.db", {.patience = std::chrono::seconds(1)});
    ASSERT_TRUE(foreign->run("CREATE TABLE account (name TEXT)"));
  }
  EXPECT_EQ(code(open_directory(dir / "foreign.db")), Errc::kCorrupt);
  ASSERT_TRUE(open_directory(dir / "newer.db"));
  {
    auto newer = Database::open(dir / "newer.db", {.patience = std::chrono::seconds(1)});
    const std::string next = "PRAGMA user_version = " + std::to_string(kSchemaVersion + 1);
    ASSERT_TRUE(newer->run(next.c_str()));
  }
  const auto refused = open_directory(dir / "newer.db");
  ASSERT_EQ(code(refused), Errc::kCorrupt);
  EXPECT_THAT(refused.error().detail, HasSubstr("newer"));
  EXPECT_EQ(code(open_directory(dir / "no" / "such" / "folder.db")), Errc::kIo);
}

// As version 1 left it: what its programs wrote stays as it was.
TEST(SqliteSchema, AnOldDatabaseIsBroughtUpToDate) {
  const TempDir dir;
  dir.write("old.db", "");
  {
    auto old = Database::open(dir / "old.db", {.patience = std::chrono::seconds(1)});
    ASSERT_TRUE(old->run(R"sql(
CREATE TABLE account (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, domain TEXT NOT NULL,
  secret TEXT NOT NULL, enabled INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
  created INTEGER NOT NULL, secret_changed INTEGER NOT NULL) STRICT;
CREATE INDEX account_by_domain ON account (domain);
CREATE TABLE alias (id INTEGER PRIMARY KEY, address TEXT NOT NULL UNIQUE, domain TEXT NOT NULL,
  created INTEGER NOT NULL) STRICT;
CREATE INDEX alias_by_domain ON alias (domain);
CREATE TABLE alias_target (alias_id INTEGER NOT NULL REFERENCES alias (id) ON DELETE CASCADE,
  place INTEGER NOT NULL, target TEXT NOT NULL, PRIMARY KEY (alias_id, place),
  UNIQUE (alias_id, target)) STRICT, WITHOUT ROWID;
CREATE INDEX alias_target_by_target ON alias_target (target);
PRAGMA application_id = 1383298158;
PRAGMA user_version = 1;
INSERT INTO account (name, domain, secret, enabled, created, secret_changed)
  VALUES ('alice@x.test', 'x.test', '{PLAIN}x', 0, 1700000000123, 1700000005123);
INSERT INTO alias (id, address, domain, created) VALUES (7, 'all@x.test', 'x.test', 1);
INSERT INTO alias_target VALUES (7, 1, 'alice@x.test');
)sql"));
  }
  const ManualClock clock;
  for (int round = 0; round < 2; ++round) {
    auto admin = sqlite::open_admin(dir / "old.db", NameRules("x.test", true), clock);
    ASSERT_TRUE(admin) << admin.error().message();
    const auto alice = (*admin)->show("alice");
    ASSERT_TRUE(alice);
    EXPECT_FALSE(alice->enabled);
    EXPECT_EQ(alice->allowance, Allowance());
    EXPECT_EQ(to_rfc3339(*alice->secret_changed), "2023-11-14T22:13:25.123Z");
    EXPECT_EQ((*admin)->list_aliases()->size(), 1U);
  }
  auto admin = sqlite::open_admin(dir / "old.db", NameRules("x.test", true), clock);
  EXPECT_TRUE((*admin)->change_allowance("alice", [](Allowance& a) { a.quota_octets = 5; }));
  EXPECT_TRUE((*admin)->add_device("alice", "phone"));
}

// As version 2 left it, with a process of now beside it that has it open.
TEST(SqliteSchema, AVersion2DatabaseGetsDevices) {
  const TempDir dir;
  const ManualClock clock;
  {
    auto admin = sqlite::open_admin(dir / "old.db", NameRules("x.test", true), clock);
    ASSERT_TRUE(admin);
    ASSERT_TRUE((*admin)->add("alice", "{PLAIN}x"));
    ASSERT_TRUE((*admin)->change_allowance("alice", [](Allowance& a) { a.quota_octets = 5; }));
  }
  {
    ASSERT_TRUE(go_back(dir / "old.db", R"sql(
DROP TABLE device;
DROP INDEX account_by_name_key;
DROP INDEX account_by_domain_key;
DROP INDEX alias_by_name_key;
DROP INDEX alias_by_domain_key;
ALTER TABLE account DROP COLUMN name_key;
ALTER TABLE account DROP COLUMN domain_key;
ALTER TABLE alias DROP COLUMN name_key;
ALTER TABLE alias DROP COLUMN domain_key;
ALTER TABLE account DROP COLUMN no_login;
ALTER TABLE account DROP COLUMN networks;
ALTER TABLE account DROP COLUMN several_addresses;
DROP INDEX account_by_maildrop;
ALTER TABLE account DROP COLUMN maildrop;
PRAGMA user_version = 2;
)sql"));
  }
  auto admin = sqlite::open_admin(dir / "old.db", NameRules("x.test", true), clock);
  ASSERT_TRUE(admin) << admin.error().message();
  EXPECT_EQ((*admin)->show("alice")->allowance.quota_octets, 5U);
  EXPECT_TRUE((*admin)->list_devices("alice")->empty());
  const auto made = (*admin)->add_device("alice", "phone");
  ASSERT_TRUE(made) << made.error().message();
  EXPECT_EQ((*open_directory(dir / "old.db"))->find("alice@x.test")->devices.size(), 1U);
}

// As version 4 left it: an account that could log in still can, from everywhere.
TEST(SqliteSchema, AVersion4DatabaseGetsNetworks) {
  const TempDir dir;
  const ManualClock clock;
  {
    auto admin = sqlite::open_admin(dir / "old.db", NameRules("x.test", true), clock);
    ASSERT_TRUE((*admin)->add("alice", "{PLAIN}x"));
    ASSERT_TRUE(go_back(dir / "old.db",
                        "ALTER TABLE account DROP COLUMN no_login; "
                        "ALTER TABLE account DROP COLUMN networks; "
                        "ALTER TABLE account DROP COLUMN several_addresses; "
                        "DROP INDEX account_by_maildrop; "
                        "ALTER TABLE account DROP COLUMN maildrop; "
                        "PRAGMA user_version = 4"));
  }
  auto directory = open_directory(dir / "old.db");
  ASSERT_TRUE(directory) << directory.error().message();
  EXPECT_TRUE((*directory)->find("alice@x.test")->may_log_in("192.0.2.1"));
  auto admin = sqlite::open_admin(dir / "old.db", NameRules("x.test", true), clock);
  const auto only = std::make_shared<const Networks>(*Networks::parse("192.0.2.0/24"));
  ASSERT_TRUE((*admin)->set_networks("alice", only));
  EXPECT_TRUE((*directory)->find("alice@x.test")->may_log_in("192.0.2.1"));
  EXPECT_FALSE((*directory)->find("alice@x.test")->may_log_in("198.51.100.1"));
}

// As version 5 left it.
TEST(SqliteSchema, AVersion5DatabaseGetsSeveralAddresses) {
  const TempDir dir;
  const ManualClock clock;
  {
    auto admin = sqlite::open_admin(dir / "old.db", NameRules("x.test", true), clock);
    ASSERT_TRUE(admin);
    ASSERT_TRUE((*admin)->add("alice", "{PLAIN}x"));
  }
  {
    ASSERT_TRUE(go_back(dir / "old.db",
                        "ALTER TABLE account DROP COLUMN several_addresses; "
                        "DROP INDEX account_by_maildrop; "
                        "ALTER TABLE account DROP COLUMN maildrop; "
                        "PRAGMA user_version = 5"));
  }
  auto admin = sqlite::open_admin(dir / "old.db", NameRules("x.test", true), clock);
  ASSERT_TRUE(admin) << admin.error().message();
  EXPECT_EQ((*admin)->show("alice")->allowance, Allowance());
  const auto each = [](Allowance& a) { a.several_addresses = SeveralAddresses::kEach; };
  ASSERT_TRUE((*admin)->change_allowance("alice", each));
  EXPECT_EQ((*open_directory(dir / "old.db"))->find("alice@x.test")->allowance.several_addresses,
            SeveralAddresses::kEach);
}

// As version 6 left it: no account was renamed, and now one can be.
TEST(SqliteSchema, AVersion6DatabaseLearnsToRename) {
  const TempDir dir;
  const ManualClock clock;
  std::string password;
  {
    auto admin = sqlite::open_admin(dir / "old.db", NameRules("x.test", true), clock);
    ASSERT_TRUE((*admin)->add("alice", "{PLAIN}x"));
    ASSERT_TRUE((*admin)->add_alias("team", {"alice"}));
    password = (*admin)->add_device("alice", "phone")->password;
    ASSERT_TRUE(go_back(dir / "old.db",
                        "DROP INDEX account_by_maildrop; "
                        "ALTER TABLE account DROP COLUMN maildrop; "
                        "PRAGMA user_version = 6"));
  }
  auto admin = sqlite::open_admin(dir / "old.db", NameRules("x.test", true), clock);
  ASSERT_TRUE(admin) << admin.error().message();
  EXPECT_EQ((*admin)->show("alice")->maildrop, "alice@x.test");
  ASSERT_TRUE((*admin)->rename("alice", "bob", OldName::kStays));
  const auto bob = (*open_directory(dir / "old.db"))->find("bob@x.test");
  ASSERT_TRUE(bob) << bob.error().message();
  EXPECT_EQ(bob->secret, "{PLAIN}x");
  EXPECT_EQ(bob->name, "alice@x.test") << "the maildrop's name";
  ASSERT_EQ(bob->devices.size(), 1U);
  EXPECT_TRUE(same_tag(bob->devices[0].tag, *device_tag(bob->name, password)));
}

// As version 9 left it: no account is an operator's by an upgrade, and now one can be.
TEST(SqliteSchema, AVersion9DatabaseHasNoOperators) {
  const TempDir dir;
  const ManualClock clock;
  const NameRules rules("x.test", true);
  ASSERT_TRUE((*sqlite::open_admin(dir / "old.db", rules, clock))->add("alice", "{PLAIN}x"));
  ASSERT_TRUE((*sqlite::open_admin(dir / "old.db", rules, clock))->bar_login("alice"));
  {
    auto old = Database::open(dir / "old.db", {.patience = std::chrono::seconds(1)});
    ASSERT_TRUE(old);
    ASSERT_TRUE(old->run(kBackTo10));
    ASSERT_TRUE(old->run("ALTER TABLE settings DROP COLUMN is_operator; PRAGMA user_version = 9"));
  }
  const auto admin = sqlite::open_admin(dir / "old.db", rules, clock);
  ASSERT_TRUE(admin) << admin.error().message();
  EXPECT_TRUE((*admin)->show("alice")->no_login);
  EXPECT_FALSE((*admin)->show("alice")->is_operator);
  ASSERT_TRUE((*admin)->set_operator("alice", true));
  EXPECT_TRUE((*(*open_directory(dir / "old.db"))->find("alice@x.test")).is_operator);
}

// As version 10 left it: no account has a copy, and now one can have.
TEST(SqliteSchema, AVersion10DatabaseHasNoCopies) {
  const TempDir dir;
  const ManualClock clock;
  const NameRules rules("x.test", true);
  ASSERT_TRUE((*sqlite::open_admin(dir / "old.db", rules, clock))->add("alice", "{PLAIN}x"));
  ASSERT_TRUE((*sqlite::open_admin(dir / "old.db", rules, clock))->set_operator("alice", true));
  {
    auto old = Database::open(dir / "old.db", {.patience = std::chrono::seconds(1)});
    ASSERT_TRUE(old);
    ASSERT_TRUE(old->run(kBackTo10));
  }
  const auto admin = sqlite::open_admin(dir / "old.db", rules, clock);
  ASSERT_TRUE(admin) << admin.error().message();
  EXPECT_TRUE((*admin)->show("alice")->is_operator);
  EXPECT_TRUE((*admin)->list_copies("alice")->empty());
  ASSERT_TRUE((*admin)->add_copy("alice", {"copy", "lmtp:127.0.0.1:2424"}));
  EXPECT_EQ((*open_directory(dir / "old.db"))->copies()->size(), 1U);
  EXPECT_TRUE(std::filesystem::exists(dir / "old.db.v10"));
}

// As version 7 left it: what was set stays with each account, of one that was renamed, too, and the
// copy of the database as it was lies beside it.
TEST(SqliteSchema, AVersion7DatabaseKeepsItsSettingsAndDevices) {
  const TempDir dir;
  const ManualClock clock;
  const auto only = std::make_shared<const Networks>(*Networks::parse("192.0.2.0/24"));
  const auto allow = [](Allowance& a) {
    a.quota_octets = 5;
    a.quota_messages = 6;
    a.retention_days = 7;
    a.retention_from = RetentionFrom::kRetrieval;
    a.several_addresses = SeveralAddresses::kEach;
  };
  std::string password;
  {
    auto admin = sqlite::open_admin(dir / "old.db", NameRules("x.test", true), clock);
    for (const char* name : {"alice", "bob", "carol"}) ASSERT_TRUE((*admin)->add(name, "{PLAIN}x"));
    ASSERT_TRUE((*admin)->rename("alice", "anna", OldName::kStays));
    ASSERT_TRUE((*admin)->set_networks("anna", only));
    ASSERT_TRUE((*admin)->change_allowance("anna", allow));
    ASSERT_TRUE((*admin)->bar_login("carol"));
    password = (*admin)->add_device("anna", "phone")->password;
  }
  ASSERT_TRUE(go_back(dir / "old.db", "PRAGMA user_version = 7"));
  auto directory = open_directory(dir / "old.db");
  ASSERT_TRUE(directory) << directory.error().message();
  const auto anna = (*directory)->find("anna@x.test");
  ASSERT_TRUE(anna) << anna.error().message();
  Allowance allowance;
  allow(allowance);
  EXPECT_EQ(anna->allowance, allowance);
  EXPECT_TRUE(anna->may_log_in("192.0.2.1"));
  EXPECT_FALSE(anna->may_log_in("198.51.100.1"));
  ASSERT_EQ(anna->devices.size(), 1U);
  EXPECT_TRUE(same_tag(anna->devices[0].tag, *device_tag(anna->name, password)));
  EXPECT_TRUE((*directory)->find("bob@x.test")->may_log_in(""));
  EXPECT_TRUE((*directory)->find("carol@x.test")->no_login);
  EXPECT_EQ((*directory)->retention_spread()->least_days, 7U);
  EXPECT_TRUE(std::filesystem::exists(dir / "old.db.v7"));
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
