#include "fetch/plan/pipelining.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace restante::fetch {
namespace {

constexpr std::chrono::days kMonth{30};

class PipeliningTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(::testing::TempDir()) /
              ::testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    open(now_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  /// A new run, at that time.
  void open(Seconds now, std::string server = "mail.example:110") {
    pipelining_.reset();
    habits_.reset();
    database_.reset();
    auto database = archive::Database::open_file(folder_ / "test.db", archive::Access::kCreate);
    ASSERT_TRUE(database) << database.error().message();
    database_.emplace(std::move(*database));
    auto habits = Habits::open(*database_, "home", std::move(server), now);
    ASSERT_TRUE(habits) << habits.error().message();
    habits_.emplace(std::move(*habits));
    pipelining_.emplace(*habits_);
  }
  static Fetch message(std::uint32_t number, std::uint64_t octets) {
    return {number, "uid-" + std::to_string(number), octets, Why::kNew};
  }
  void doubt(std::uint32_t number, std::string_view sha256) {
    EXPECT_TRUE(pipelining_->doubt(message(number, 100), sha256));
  }
  void came_alone(std::uint32_t number, std::string_view sha256, std::uint64_t octets = 100) {
    EXPECT_TRUE(pipelining_->came_alone(message(number, 100), sha256, octets));
  }

  const Seconds now_{std::chrono::days(20'000)};
  std::filesystem::path folder_;
  std::optional<archive::Database> database_;
  std::optional<Habits> habits_;
  std::optional<Pipelining> pipelining_;
};

TEST_F(PipeliningTest, IsTrustedToBeginWith) {
  EXPECT_TRUE(pipelining_->is_trusted());
  EXPECT_EQ(pipelining_->found(), "");
}

TEST_F(PipeliningTest, AnotherContentMeansThatAnswersAreMixedUp) {
  doubt(2, "a");
  EXPECT_FALSE(pipelining_->is_trusted());
  came_alone(1, "x");
  came_alone(2, "b");
  EXPECT_FALSE(pipelining_->is_trusted());
  EXPECT_NE(pipelining_->found(), "");
  open(now_ + kMonth - std::chrono::hours(1));
  EXPECT_FALSE(pipelining_->is_trusted());
  open(now_, "other.example:110");
  EXPECT_TRUE(pipelining_->is_trusted());
  open(now_ + kMonth);
  EXPECT_TRUE(pipelining_->is_trusted());
  open(now_ - std::chrono::days(365));  // A clock that was wrong.
  EXPECT_TRUE(pipelining_->is_trusted());
}

TEST_F(PipeliningTest, AnAnswerThatComesOnlyAloneWasLost) {
  doubt(2, "");
  came_alone(2, "b");
  EXPECT_FALSE(pipelining_->is_trusted());
}

TEST_F(PipeliningTest, TheSameContentMeansThatListIsWrong) {
  doubt(2, "b");
  came_alone(2, "b", 99);
  EXPECT_TRUE(pipelining_->is_trusted());
  open(now_);
  EXPECT_TRUE(pipelining_->is_trusted());
}

TEST_F(PipeliningTest, AListThatIsAlwaysWrongIsRemembered) {
  doubt(1, "a");
  doubt(2, "b");
  came_alone(1, "a", 99);
  EXPECT_FALSE(pipelining_->is_trusted());
  came_alone(2, "b", 99);
  EXPECT_FALSE(pipelining_->is_trusted());
  EXPECT_EQ(pipelining_->found(), "");  // Nothing that a user should know.
  open(now_);
  EXPECT_FALSE(pipelining_->is_trusted());
}

TEST_F(PipeliningTest, AnAccidentIsForgivenThreeTimesARun) {
  for (std::uint32_t number = 1; number <= 3; ++number) {
    EXPECT_TRUE(pipelining_->is_trusted());
    doubt(number, "a");
    came_alone(number, "a");
  }
  EXPECT_FALSE(pipelining_->is_trusted());
}

TEST_F(PipeliningTest, ASuspectThatIsAnotherAloneTellsThatAnswersAreMixedUp) {
  pipelining_->fitted(message(2, 100));
  pipelining_->suspect(message(1, 100), "a");
  EXPECT_TRUE(pipelining_->is_trusted());
  came_alone(1, "a");
  EXPECT_TRUE(pipelining_->is_trusted());
  pipelining_->suspect(message(1, 100), "a");
  came_alone(1, "b");
  EXPECT_FALSE(pipelining_->is_trusted());
  EXPECT_EQ(pipelining_->take_unsure(), std::vector<std::string>{"uid-2"});
}

TEST_F(PipeliningTest, WhatIsDistrustedIsFetchedAgainAlsoFromAServerThatIsTrusted) {
  pipelining_->fitted(message(1, 100));
  pipelining_->distrust(message(2, 100));
  EXPECT_EQ(pipelining_->take_unsure(), std::vector<std::string>{"uid-2"});
  EXPECT_TRUE(pipelining_->take_unsure().empty());
}

TEST_F(PipeliningTest, WhatFailsAloneTellsNothing) {
  doubt(1, "a");
  EXPECT_TRUE(pipelining_->failed_alone(message(1, 100)));
  EXPECT_TRUE(pipelining_->is_trusted());
}

TEST_F(PipeliningTest, WhatFittedIsUnsureOnceAnswersWereMixedUp) {
  pipelining_->fitted(message(1, 100));
  pipelining_->session_held();
  pipelining_->fitted(message(2, 100));
  EXPECT_TRUE(pipelining_->take_unsure().empty());
  EXPECT_TRUE(pipelining_->break_off("a stray line"));
  EXPECT_EQ(pipelining_->take_unsure(), std::vector<std::string>{"uid-2"});
  EXPECT_TRUE(pipelining_->take_unsure().empty());
}

}  // namespace
}  // namespace restante::fetch
