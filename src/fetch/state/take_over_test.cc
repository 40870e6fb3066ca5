#include "fetch/state/take_over.h"

#include <gtest/gtest.h>

#include "archive/mailbox/test_support.h"

namespace restante::fetch {
namespace {

class TakeOver : public testing::Test {
 protected:
  TakeOver() { account_.name = "home"; }
  std::unique_ptr<LocalMail> open() {
    auto local = LocalMail::open(account_, folder_.path(), clock_);
    EXPECT_TRUE(local) << local.error().message();
    return std::move(*local);
  }
  static Change change(const std::string& uid, UidState state, const std::string& sha256 = {}) {
    Change made{uid, {}};
    made.entry.state = state;
    made.entry.sha256 = sha256;
    return made;
  }

  archive::TempFolder folder_;
  ManualClock clock_{archive::some_time()};
  profile::Account account_;
};

TEST_F(TakeOver, OnlyWhatNeverWasHereIsAnothers) {
  {
    const auto local = open();
    const std::string sum(64, 'a');
    const std::vector<Change> before = {change("ours", UidState::kStored, sum),
                                        change("gone", UidState::kGone, sum),
                                        change("failed", UidState::kFailed)};
    ASSERT_TRUE(local->store(before));
    const std::vector<std::string> uids = {"ours", "gone", "failed", "new"};
    const auto done = take_over(*local, uids, "getmail");
    ASSERT_TRUE(done);
    EXPECT_EQ(done->added, 2U);
    EXPECT_EQ(done->known, 2U);
  }
  const auto local = open();
  EXPECT_EQ(local->known().at("ours").state, UidState::kStored);
  EXPECT_EQ(local->known().at("gone").state, UidState::kGone);
  EXPECT_EQ(local->known().at("failed").state, UidState::kElsewhere);
  EXPECT_EQ(local->known().at("new").state, UidState::kElsewhere);
  EXPECT_EQ(local->known().at("new").reason, kByGetmail);
}

TEST_F(TakeOver, CanBeTakenBack) {
  const auto local = open();
  const std::vector<std::string> uids = {"a", "b"};
  ASSERT_TRUE(take_over(*local, uids, "mpop"));
  ASSERT_TRUE(local->set_from_now_on(true));
  EXPECT_TRUE(*local->from_now_on());
  EXPECT_EQ(*forget_taken_over(*local), 2U);
  EXPECT_EQ(local->known().at("a").state, UidState::kSeen);
  EXPECT_FALSE(*local->from_now_on());
  EXPECT_EQ(*forget_taken_over(*local), 0U);
}

TEST_F(TakeOver, GetmailsDashMayBeASlash) {
  const auto local = open();
  ASSERT_TRUE(take_over(*local, std::vector<std::string>{"a-b"}, "getmail"));
  ASSERT_TRUE(take_over(*local, std::vector<std::string>{"c-d"}, "mpop"));
  EXPECT_TRUE(is_elsewhere(local->known(), "a-b"));
  EXPECT_TRUE(is_elsewhere(local->known(), "a/b"));
  EXPECT_TRUE(is_elsewhere(local->known(), "c-d"));
  EXPECT_FALSE(is_elsewhere(local->known(), "c/d"));
  EXPECT_FALSE(is_elsewhere(local->known(), "e"));
}

}  // namespace
}  // namespace restante::fetch
