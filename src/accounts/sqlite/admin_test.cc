#include "accounts/sqlite/admin.h"

#include "accounts/sqlite/database.h"
#include "accounts/sqlite/test_fixture.h"

namespace restante::accounts::sqlite {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

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

TEST_F(SqliteAccounts, Allowances) {
  ASSERT_TRUE(admin->add("alice", "{PLAIN}x"));
  EXPECT_EQ(admin->show("alice")->allowance, Allowance());
  EXPECT_EQ(directory->find("alice@x.test")->allowance, Allowance());
  const auto first = admin->change_allowance("Alice", [](Allowance& allowance) {
    allowance.quota_octets = kQuotaMax;
    allowance.retention_days = 0;
  });
  ASSERT_TRUE(first) << first.error().message();
  ASSERT_TRUE(admin->change_allowance("alice", [](Allowance& allowance) {
    allowance.quota_messages = 3;
    allowance.retention_from = RetentionFrom::kRetrieval;
  }));
  Allowance both;
  both.quota_octets = kQuotaMax;
  both.quota_messages = 3;
  both.retention_days = 0;
  both.retention_from = RetentionFrom::kRetrieval;
  EXPECT_EQ(admin->show("alice")->allowance, both);
  EXPECT_EQ(directory->find("alice@x.test")->allowance, both);
  EXPECT_EQ(admin->list()->front().allowance, both);
  ASSERT_TRUE(admin->change_allowance("alice", [](Allowance& a) { a = Allowance(); }));
  EXPECT_EQ(directory->find("alice@x.test")->allowance, Allowance());
}

TEST_F(SqliteAccounts, CopiesGoWithTheirAccount) {
  for (const char* const name : {"alice", "bob"}) ASSERT_TRUE(admin->add(name, "{PLAIN}x"));
  ASSERT_TRUE(admin->add_copy("bob", {"copy", "account:alice@x.test"}));
  EXPECT_EQ(code(admin->list_copies("nobody")), Errc::kNotFound);
  ASSERT_EQ(directory->copies()->size(), 1U);
  EXPECT_EQ(directory->copies()->front().copy.created, clock.now());
  const auto refused = admin->remove("alice");
  EXPECT_EQ(code(refused), Errc::kState) << "mail waits for it";
  EXPECT_THAT(refused.error().detail, testing::HasSubstr("the copy copy of bob@x.test"));
  EXPECT_EQ(code(admin->remove_with_aliases("alice")), Errc::kState);
  ASSERT_TRUE(admin->remove("bob"));
  EXPECT_THAT(*directory->copies(), IsEmpty());
  EXPECT_TRUE(admin->remove("alice"));
  ASSERT_TRUE(admin->add("bob", "{PLAIN}x"));
  EXPECT_THAT(*admin->list_copies("bob"), IsEmpty());
}

TEST_F(SqliteAccounts, CopiesOfNamesThatHaveNoAccountHereDoNotCount) {
  ASSERT_TRUE(admin->add("alice", "{PLAIN}x"));
  auto database = Database::open(path, {.patience = std::chrono::seconds(1)});
  ASSERT_TRUE(database->run(
      "INSERT INTO copy VALUES ('left@x.test', 'copy', 'smtp:relay.test:25', '', 0, 0, 0, 1)"));
  EXPECT_THAT(*directory->copies(), IsEmpty());
  ASSERT_TRUE(admin->forget_settings("left"));
  EXPECT_EQ(code(admin->forget_settings("left")), Errc::kNotFound);
}

TEST_F(SqliteAccounts, AllowancesOutOfRangeChangeNothing) {
  ASSERT_TRUE(admin->add("alice", "{PLAIN}x"));
  const std::vector<std::function<void(Allowance&)>> wrong = {
      [](Allowance& a) { a.quota_octets = kQuotaMax + 1; },
      [](Allowance& a) { a.quota_messages = ~std::uint64_t{0}; },
      [](Allowance& a) { a.retention_days = kRetentionDaysMax + 1; }};
  for (const auto& change : wrong)
    EXPECT_EQ(code(admin->change_allowance("alice", change)), Errc::kSyntax);
  EXPECT_EQ(code(admin->change_allowance("nobody", [](Allowance&) {})), Errc::kNotFound);
  EXPECT_EQ(admin->show("alice")->allowance, Allowance());
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

TEST_F(SqliteAccounts, AnAliasGainsAndLosesTargetsInOneStep) {
  for (const char* const name : {"alice", "bob", "carol"})
    ASSERT_TRUE(admin->add(name, "{PLAIN}x"));
  ASSERT_TRUE(admin->add_alias("team", {"alice", "bob"}));
  const auto changed = admin->change_alias("TEAM", {{"carol", "bob"}, {"alice"}});
  ASSERT_TRUE(changed) << changed.error().message();
  EXPECT_EQ(changed->address, "team@x.test");
  EXPECT_THAT(*directory->find_alias("team@x.test"), ElementsAre("bob@x.test", "carol@x.test"));
  ASSERT_TRUE(admin->change_alias("team", {{"alice", "Alice"}, {}, true}));
  EXPECT_THAT(*directory->find_alias("team@x.test"), ElementsAre("alice@x.test"));
}

TEST_F(SqliteAccounts, AChangeOfAnAliasIsWholeOrNothing) {
  for (const char* const name : {"alice", "bob"}) ASSERT_TRUE(admin->add(name, "{PLAIN}x"));
  ASSERT_TRUE(admin->add_alias("team", {"alice"}));
  ASSERT_TRUE(admin->add_alias("all", {"team"}));
  EXPECT_EQ(code(admin->change_alias("nobody", {{"alice"}})), Errc::kNotFound);
  EXPECT_EQ(code(admin->change_alias("team", {{"bob", "nobody"}})), Errc::kNotFound);
  EXPECT_EQ(code(admin->change_alias("team", {{"bob"}, {"bob", "carol"}})), Errc::kNotFound);
  EXPECT_EQ(code(admin->change_alias("team", {{}, {"alice"}})), Errc::kState) << "none is left";
  EXPECT_EQ(code(admin->change_alias("team", {{"team"}})), Errc::kSyntax);
  EXPECT_EQ(code(admin->change_alias("team", {{"all"}})), Errc::kState) << "a circle";
  EXPECT_THAT(*directory->find_alias("team@x.test"), ElementsAre("alice@x.test"));
}

TEST_F(SqliteAccounts, ListsAreGivenOutInPages) {
  ASSERT_TRUE(admin->add("z@b\u00fccher.test", "{PLAIN}x"));
  for (const char* const name : {"a", "b", "c", "a@y.test", "b@y.test"})
    ASSERT_TRUE(admin->add(name, "{PLAIN}x"));
  for (const char* const name : {"t1", "t2@y.test", "t3"})
    ASSERT_TRUE(admin->add_alias(name, {"a", "b"}));
  const auto accounts_of = [&](const ListRange& range) {
    std::vector<std::string> found;
    EXPECT_TRUE(admin->list_each(range, [&](const AccountEntry& entry) {
      found.push_back(entry.name);
      return true;
    }));
    return found;
  };
  const auto aliases_of = [&](const ListRange& range) {
    std::vector<std::string> found;
    EXPECT_TRUE(admin->list_each_alias(range, [&](const AliasEntry& entry) {
      EXPECT_EQ(entry.targets.size(), 2U);
      found.push_back(entry.address);
      return true;
    }));
    return found;
  };
  EXPECT_EQ(accounts_of({}).size(), 6U);
  EXPECT_THAT(accounts_of({"y.test"}), ElementsAre("a@y.test", "b@y.test"));
  EXPECT_THAT(accounts_of({"xn--bcher-kva.test"}), ElementsAre("z@b\u00fccher.test"));
  EXPECT_THAT(accounts_of({"", "a@y.test", 2}), ElementsAre("b@x.test", "b@y.test"));
  EXPECT_THAT(accounts_of({"x.test", "a@x.test", 1}), ElementsAre("b@x.test"));
  EXPECT_THAT(accounts_of({"", "z@zzz", {}}), IsEmpty());
  EXPECT_THAT(aliases_of({"x.test"}), ElementsAre("t1@x.test", "t3@x.test"));
  EXPECT_THAT(aliases_of({"", "t1@x.test", 1}), ElementsAre("t2@y.test"));
}

TEST_F(SqliteAccounts, AliasRefusals) {
  ASSERT_TRUE(admin->add("alice", "{PLAIN}x"));
  ASSERT_TRUE(admin->add_alias("team", {"alice"}));
  EXPECT_EQ(code(admin->add_alias("alice", {"team"})), Errc::kExists);
  EXPECT_EQ(code(admin->add_alias("team", {"alice"})), Errc::kExists);
  EXPECT_EQ(code(admin->add("team", "{PLAIN}x")), Errc::kExists);
  EXPECT_EQ(code(admin->add_alias("new", {"alice", "nobody"})), Errc::kNotFound);
  EXPECT_EQ(code(admin->add_alias("new", {"new"})), Errc::kSyntax);
  EXPECT_EQ(code(admin->add_alias("new", {})), Errc::kSyntax);
  EXPECT_EQ(code(admin->remove("alice")), Errc::kState) << "team leads to it";
  EXPECT_THAT(names(), ElementsAre("alice@x.test"));
  EXPECT_EQ(admin->list_aliases()->size(), 1U);
}

TEST_F(SqliteAccounts, AnAccountIsManagedByAnySpelling) {
  ASSERT_TRUE(admin->add("m\u00fcller@b\u00fccher.test", "{PLAIN}x"));
  const std::string other = "M\u00dcLLER@xn--bcher-kva.test";
  EXPECT_EQ(admin->show(other)->name, "m\u00fcller@b\u00fccher.test");
  EXPECT_TRUE(admin->set_secret(other, "{PLAIN}y"));
  EXPECT_TRUE(admin->set_enabled(other, false));
  EXPECT_TRUE(admin->change_allowance(other, [](Allowance& a) { a.quota_octets = 5; }));
  EXPECT_EQ(admin->add_device(other, "phone")->account, "m\u00fcller@b\u00fccher.test");
  EXPECT_EQ(admin->list_devices(other)->size(), 1U);
  EXPECT_TRUE(admin->remove_device(other, "phone"));
  ASSERT_TRUE(admin->add_alias("b\u00fcro@b\u00fccher.test", {other}));
  EXPECT_EQ(admin->list_aliases()->front().targets.front(), "m\u00fcller@b\u00fccher.test");
  EXPECT_EQ(code(admin->remove(other)), Errc::kState);
  EXPECT_TRUE(admin->remove_alias("B\u00dcRO@xn--bcher-kva.test"));
  EXPECT_TRUE(admin->remove(other));
  EXPECT_EQ(code(admin->show("m\u00fcller@b\u00fccher.test")), Errc::kNotFound);
}

TEST_F(SqliteAccounts, ASecondSpellingIsRefused) {
  ASSERT_TRUE(admin->add("m\u00fcller@b\u00fccher.test", "{PLAIN}x"));
  ASSERT_TRUE(admin->add_alias("b\u00fcro", {"m\u00fcller@b\u00fccher.test"}));
  const auto refused = admin->add("MU\u0308LLER@xn--bcher-kva.test", "{PLAIN}x");
  ASSERT_EQ(code(refused), Errc::kExists);
  EXPECT_THAT(refused.error().detail,
              testing::HasSubstr("already: m\u00fcller@b\u00fccher.test, of which"));
  EXPECT_EQ(code(admin->add("B\u00dcRO", "{PLAIN}x")), Errc::kExists);
  EXPECT_EQ(code(admin->add_alias("m\u00fcller@xn--bcher-kva.test", {"b\u00fcro"})), Errc::kExists);
  EXPECT_EQ(code(admin->add_alias("new@b\u00fccher.test", {"new@xn--bcher-kva.test"})),
            Errc::kSyntax);
}

TEST_F(SqliteAccounts, WithoutFoldingOnlyDomainsHaveSpellings) {
  auto exact = *sqlite::open_admin(path, NameRules("x.test", false), clock);
  ASSERT_TRUE(exact->add("M\u00fcller@b\u00fccher.test", "{PLAIN}x"));
  ASSERT_TRUE(exact->add("m\u00fcller@b\u00fccher.test", "{PLAIN}x"));
  EXPECT_EQ(code(exact->add("m\u00fcller@xn--bcher-kva.test", "{PLAIN}x")), Errc::kExists);
  EXPECT_EQ(exact->show("M\u00fcller@xn--bcher-kva.test")->name, "M\u00fcller@b\u00fccher.test");
  EXPECT_EQ(code(exact->show("M\u00dcLLER@b\u00fccher.test")), Errc::kNotFound);
}

}  // namespace
}  // namespace restante::accounts::sqlite
