#include "accounts/sqlite/bulk_aliases.h"

#include "accounts/sqlite/test_bulk_verdicts.h"
#include "accounts/sqlite/test_fixture.h"

namespace restante::accounts::sqlite {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

AliasChange alias(std::string address, std::vector<std::string> targets) {
  AliasChange change(std::move(address));
  change.targets = std::move(targets);
  return change;
}

class BulkAliases : public SqliteAccounts {
 protected:
  void SetUp() override {
    for (const char* const name : {"alice", "bob"}) ASSERT_TRUE(admin->add(name, "{PLAIN}x"));
  }
  std::vector<std::string> addresses() {
    std::vector<std::string> found;
    const auto entries = admin->list_aliases();
    for (const AliasEntry& entry : *entries) found.push_back(entry.address);
    return found;
  }
};

TEST_F(BulkAliases, MayLeadToEachOtherInAnyOrder) {
  const auto done = admin->change_all_aliases(
      {alias("all", {"team", "Bob"}), alias("team", {"alice", "ALICE"}), alias("@y.test", {"all"})},
      {});
  EXPECT_THAT(verdicts(done), ElementsAre(kAdded, kAdded, kAdded));
  EXPECT_TRUE(done->done);
  EXPECT_THAT(*directory->find_alias("all@x.test"), ElementsAre("team@x.test", "bob@x.test"));
  EXPECT_THAT(*directory->find_alias("team@x.test"), ElementsAre("alice@x.test"));
  EXPECT_THAT(*directory->find_alias("@y.test"), ElementsAre("all@x.test"));
}

TEST_F(BulkAliases, ARefusedOneTakesThoseThatNeedIt) {
  std::vector<AliasChange> file = {alias("good", {"alice"}), alias("top", {"middle", "alice"}),
                                   alias("middle", {"bad"}), alias("bad", {"nobody"})};
  EXPECT_THAT(verdicts(admin->change_all_aliases(file, {})),
              ElementsAre(kAdded, kRefused, kRefused, kRefused));
  EXPECT_TRUE(addresses().empty());
  BulkRules rules;
  rules.skip_refused = true;
  const auto outcome = admin->change_all_aliases(file, rules);
  EXPECT_THAT(outcome->rows[3].why, HasSubstr("nobody@x.test"));
  EXPECT_THAT(outcome->rows[1].why, HasSubstr("middle@x.test"));
  EXPECT_THAT(addresses(), ElementsAre("good@x.test"));
}

TEST_F(BulkAliases, RefusesWhatIsTakenOrLeadsInACircle) {
  ASSERT_TRUE(admin->add_alias("old", {"alice"}));
  BulkRules rules;
  rules.skip_refused = true;
  const auto outcome = admin->change_all_aliases(
      {alias("alice", {"bob"}), alias("old", {"bob"}), alias("one", {"two"}), alias("two", {"one"}),
       alias("self", {"self"}), alias("none", {}), alias("twice", {"bob"}),
       alias("Twice", {"bob"})},
      rules);
  EXPECT_THAT(verdicts(outcome), ElementsAre(kRefused, kRefused, kRefused, kRefused, kRefused,
                                             kRefused, kAdded, kRefused));
  EXPECT_THAT(*directory->find_alias("old@x.test"), ElementsAre("alice@x.test"));
  rules.update = true;
  EXPECT_THAT(verdicts(admin->change_all_aliases({alias("old", {"bob"})}, rules)),
              ElementsAre(kChanged));
  EXPECT_THAT(*directory->find_alias("old@x.test"), ElementsAre("bob@x.test"));
  ASSERT_TRUE(admin->add_alias("second", {"old"}));
  EXPECT_THAT(verdicts(admin->change_all_aliases({alias("old", {"second"})}, rules)),
              ElementsAre(kRefused))
      << "a circle over one that is there";
}

TEST_F(BulkAliases, AnUpdateLeavesWhatIsAsItShouldBe) {
  ASSERT_TRUE(admin->add_alias("team", {"alice", "bob"}));
  BulkRules rules;
  rules.update = true;
  EXPECT_THAT(verdicts(admin->change_all_aliases({alias("TEAM", {"bob", "alice"})}, rules)),
              ElementsAre(kSame));
  rules.only_look = true;
  EXPECT_THAT(verdicts(admin->change_all_aliases({alias("team", {"bob"})}, rules)),
              ElementsAre(kChanged));
  EXPECT_THAT(*directory->find_alias("team@x.test"),
              UnorderedElementsAre("alice@x.test", "bob@x.test"));
}

}  // namespace
}  // namespace restante::accounts::sqlite
