#include "accounts/sqlite/directory.h"

#include <thread>

#include "accounts/sqlite/test_fixture.h"
#include "base/numbers.h"

namespace restante::accounts::sqlite {
namespace {

int number_in(std::string_view secret) {
  return static_cast<int>(*parse_decimal<std::uint32_t>(secret.substr(7)));
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

TEST_F(SqliteAccounts, AnUnknownNameIsKnownAsSoonAsItIsThere) {
  EXPECT_FALSE(directory->find("alice@x.test"));
  EXPECT_FALSE(directory->find("alice@x.test"));
  ASSERT_TRUE(admin->add("alice", "{PLAIN}one"));
  EXPECT_TRUE(directory->find("alice@x.test"));
  ASSERT_TRUE(admin->remove("alice"));
  EXPECT_FALSE(directory->find("alice@x.test"));
}

TEST_F(SqliteAccounts, TheShortestRetentionIsKnown) {
  ASSERT_TRUE(admin->add("alice", "{PLAIN}x"));
  ASSERT_TRUE(admin->add("bob", "{PLAIN}x"));
  EXPECT_FALSE(directory->retention_spread()->any_own);
  const auto set = [&](std::string_view name, std::optional<std::uint32_t> days) {
    ASSERT_TRUE(admin->change_allowance(name, [&](Allowance& a) { a.retention_days = days; }));
  };
  set("alice", 0);
  EXPECT_TRUE(directory->retention_spread()->any_own);
  EXPECT_EQ(directory->retention_spread()->least_days, 0U) << "never";
  set("alice", 30);
  set("bob", 14);
  EXPECT_EQ(directory->retention_spread()->least_days, 14U);
  set("bob", std::nullopt);
  EXPECT_EQ(directory->retention_spread()->least_days, 30U);
  set("alice", std::nullopt);
  EXPECT_FALSE(directory->retention_spread()->any_own);
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

TEST_F(SqliteAccounts, ReopensWhatIsThere) {
  ASSERT_TRUE(admin->add("alice", "{PLAIN}x"));
  admin.reset();
  directory.reset();
  directory = *open_directory(path);
  EXPECT_TRUE(directory->find("alice@x.test"));
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
        const int now = account ? number_in(account->secret) : -1;
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

TEST_F(SqliteAccounts, AnySpellingFindsAndChangesCountAtOnce) {
  EXPECT_EQ(code(directory->find_alike("info@b\u00fccher.test")), Errc::kNotFound);
  ASSERT_TRUE(admin->add("info@xn--bcher-kva.test", "{PLAIN}x"));
  EXPECT_EQ(directory->find_alike("info@B\u00dcCHER.test")->name, "info@xn--bcher-kva.test");
  ASSERT_TRUE(admin->add("m\u00fcller@b\u00fccher.test", "{PLAIN}x"));
  ASSERT_TRUE(admin->add_alias("b\u00fcro@f\u00fcr.test", {"info@xn--bcher-kva.test"}));
  EXPECT_EQ(code(directory->find("m\u00fcller@xn--bcher-kva.test")), Errc::kNotFound);
  EXPECT_EQ(directory->find_alike("m\u00fcller@xn--bcher-kva.test")->name,
            "m\u00fcller@b\u00fccher.test");
  EXPECT_EQ(directory->find_alias_alike("BU\u0308RO@xn--fr-xka.test")->size(), 1U);
  EXPECT_EQ(code(directory->find_alias_alike("nobody@xn--fr-xka.test")), Errc::kNotFound);
  for (const auto* domain :
       {"b\u00fccher.test", "xn--bcher-kva.test", "f\u00fcr.test", "xn--fr-xka.test"})
    EXPECT_TRUE(*directory->has_domain(domain)) << domain;
  EXPECT_FALSE(*directory->has_domain("bucher.test"));
  ASSERT_TRUE(admin->remove("m\u00fcller@b\u00fccher.test"));
  EXPECT_EQ(code(directory->find_alike("m\u00fcller@xn--bcher-kva.test")), Errc::kNotFound);
}

}  // namespace
}  // namespace restante::accounts::sqlite
