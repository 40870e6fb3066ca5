#include "accounts/sqlite/spellings.h"

#include "accounts/sqlite/schema.h"
#include "accounts/sqlite/test_fixture.h"
#include "accounts/sqlite/test_old_version.h"

namespace restante::accounts::sqlite {
namespace {

using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr std::chrono::seconds kPatience{1};

/// As an earlier version left it, which knew nothing of spellings.
void make_version_3(const std::filesystem::path& path) {
  ASSERT_TRUE(open_accounts(path, kPatience));
  ASSERT_TRUE(go_back(path, R"sql(
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
PRAGMA user_version = 3;
)sql"));
  auto old = Database::open(path, {.patience = kPatience});
  const auto insert = [&old](std::string_view sql, std::string_view name) {
    auto statement = old->prepare(sql);
    statement->bind(1, name);
    statement->bind(2, name.substr(name.find('@') + 1));
    EXPECT_TRUE(statement->run());
  };
  for (const auto* name :
       {"alice@x.test", "info@b\u00fccher.test", "info@xn--bcher-kva.test", "m\u00fc@x.test",
        "m\u00dc@x.test", "mu\u0308@x.test", "Alice@x.test", "only@B\u00dc.test"})
    insert(
        "INSERT INTO account (name, domain, secret, created, secret_changed) "
        "VALUES (?1, ?2, '{PLAIN}x', 1, 1)",
        name);
  insert("INSERT INTO alias (address, domain, created) VALUES (?1, ?2, 1)", "M\u00dc@x.test");
}

TEST(SqliteSpellings, AnUpgradeFindsAllSpellingsAndMovesNoName) {
  const TempDir dir;
  make_version_3(dir / "accounts.db");
  auto directory = *open_directory(dir / "accounts.db", NameRules("", true));
  EXPECT_EQ(directory->find("m\u00dc@x.test")->name, "m\u00dc@x.test");
  EXPECT_EQ(directory->find("Alice@x.test")->name, "Alice@x.test");
  EXPECT_EQ(directory->find_alike("only@xn--b-eha.test")->name, "only@B\u00dc.test");
  EXPECT_EQ(directory->find_alike("ONLY@b\u00fc.test")->name, "only@B\u00dc.test");
  EXPECT_TRUE(*directory->has_domain("b\u00fc.test"));
  EXPECT_EQ(directory->find_alike("info@bu\u0308cher.test")->name, "info@b\u00fccher.test");
}

TEST(SqliteSpellings, NamesThatAreOneAreTold) {
  const TempDir dir;
  make_version_3(dir / "accounts.db");
  const auto folded = open_directory(dir / "accounts.db", NameRules("", true));
  const auto clashes = (*folded)->spelling_clashes();
  ASSERT_TRUE(clashes);
  EXPECT_THAT(*clashes, testing::Contains(SpellingClash("alice@x.test", "Alice@x.test")));
  EXPECT_THAT(*clashes, testing::Contains(SpellingClash("m\u00fc@x.test", "m\u00dc@x.test")));
  EXPECT_THAT(*clashes, testing::Contains(SpellingClash("m\u00fc@x.test", "M\u00dc@x.test")));
  EXPECT_EQ(clashes->size(), 8U) << "one, one, and four spellings of one name pairwise";
  auto exact = *open_directory(dir / "accounts.db", NameRules("", false));
  EXPECT_THAT(*exact->spelling_clashes(), UnorderedElementsAre(SpellingClash(
                                              "info@xn--bcher-kva.test", "info@b\u00fccher.test")));
  EXPECT_THAT(*(*open_directory(dir / "new.db"))->spelling_clashes(), IsEmpty());
}

// With few rows or many, no search reads all of an account's table.
TEST(SqliteSpellings, LookupsUseIndexes) {
  const TempDir dir;
  auto database = *open_accounts(dir / "accounts.db", kPatience);
  for (const std::string_view query : {kAccountsByKey, kAliasesByKey, kAnyOddName}) {
    auto plan = *database.prepare("EXPLAIN QUERY PLAN " + std::string(query));
    while (*plan.step()) {
      const std::string step(plan.text(3));
      EXPECT_TRUE(!step.starts_with("SCAN") || step.find("INDEX") != std::string::npos ||
                  step == "SCAN CONSTANT ROW")
          << step;
    }
  }
}

}  // namespace
}  // namespace restante::accounts::sqlite
