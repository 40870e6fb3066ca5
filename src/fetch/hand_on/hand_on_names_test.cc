#include "fetch/hand_on/hand_on_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "archive/mailbox/test_support.h"

namespace restante::fetch {
namespace {

using profile::HandOn;
using testing::IsEmpty;
using testing::SizeIs;

constexpr Seconds kNow{std::chrono::seconds(1000)};

class HandOnNamesTest : public testing::Test {
 protected:
  static HandOn relay(std::string recipient, std::string name = "") {
    HandOn target;
    target.kind = HandOn::Kind::kSmtp;
    target.target = "smtp://relay";
    target.recipient = std::move(recipient);
    target.name = std::move(name);
    return target;
  }
  void configure(std::vector<HandOn> targets) { account_.hand_on = std::move(targets); }
  void add(const HandOn& target, char letter = 'a') {
    ASSERT_TRUE(queue_.add(std::string(64, letter), destination_of(target)));
  }
  std::vector<std::string> settle() { return *settle_names(queue_, account_); }
  std::size_t waiting(const HandOn& target) {
    return queue_.due(destination_of(target), kNow, 100)->size();
  }

  archive::TempFolder folder_;
  archive::Database database_ = *archive::Database::open(folder_.path(), archive::Access::kCreate);
  HandOnQueue queue_ = *HandOnQueue::open(database_, "home");
  profile::Account account_;
};

TEST_F(HandOnNamesTest, DestinationsDifferWhereMailGoesElsewhere) {
  EXPECT_EQ(destination_of(relay("a@x")), destination_of(relay("a@x")));
  EXPECT_NE(destination_of(relay("a@x")), destination_of(relay("b@x")));
  EXPECT_EQ(destination_of(relay("a@x", "gmail")), "gmail");
  EXPECT_EQ(text_of(relay("a@x", "gmail")), text_of(relay("a@x")));
}

TEST_F(HandOnNamesTest, ATargetThatGetsANameKeepsItsRows) {
  add(relay("a@x"));
  add(relay("b@x"));
  configure({relay("a@x", "one"), relay("b@x", "two")});
  EXPECT_THAT(settle(), IsEmpty());
  EXPECT_EQ(waiting(relay("a@x", "one")), 1U);
  EXPECT_EQ(waiting(relay("b@x", "two")), 1U);
}

TEST_F(HandOnNamesTest, AnOnlyTargetThatIsCorrectedGetsWhatWaited) {
  add(relay("bob@exmaple"));
  configure({relay("bob@example")});
  EXPECT_THAT(settle(), SizeIs(1));
  EXPECT_EQ(waiting(relay("bob@example")), 1U);
  EXPECT_THAT(settle(), IsEmpty());
}

TEST_F(HandOnNamesTest, WhereItIsNotClearNothingMoves) {
  add(relay("a@x"));
  add(relay("b@x"));
  configure({relay("c@x"), relay("d@x")});
  EXPECT_THAT(settle(), IsEmpty());
  EXPECT_EQ(waiting(relay("a@x")), 1U);
  configure({relay("c@x")});
  EXPECT_THAT(settle(), IsEmpty());
  EXPECT_EQ(waiting(relay("c@x")), 0U);
}

TEST_F(HandOnNamesTest, ATargetThatIsAddedTakesNothing) {
  add(relay("a@x"));
  configure({relay("a@x"), relay("b@x")});
  EXPECT_THAT(settle(), IsEmpty());
  EXPECT_EQ(waiting(relay("a@x")), 1U);
  EXPECT_EQ(waiting(relay("b@x")), 0U);
}

}  // namespace
}  // namespace restante::fetch
