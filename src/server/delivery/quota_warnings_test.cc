#include "server/delivery/quota_warnings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/common/test_support.h"

namespace restante::server {
namespace {

using maildrop::Usage;
using ::testing::HasSubstr;

class QuotaWarningsTest : public ::testing::Test {
 protected:
  QuotaWarningsTest() {
    terms_.percent = 90;
    terms_.router = &made_.router;
    made_.directory.add("boss@x.test");
  }
  bool consider(std::uint64_t messages, std::optional<Usage> before = std::nullopt) {
    const auto told = warnings_.consider(terms_, holder_, {messages, 1}, before);
    EXPECT_TRUE(told);
    return told && *told;
  }

  TestServices made_;
  FakeStore& store_ = made_.store;
  QuotaWarnings warnings_{""};
  WarningTerms terms_{store_};
  QuotaHolder holder_{"a@x.test", {.messages = 10, .octets = 0}};
};

TEST_F(QuotaWarningsTest, AnOwnerIsToldOnceEachTime) {
  EXPECT_FALSE(consider(8));
  EXPECT_TRUE(consider(9));
  EXPECT_FALSE(consider(10));
  EXPECT_FALSE(consider(10, Usage{9, 1}));
  EXPECT_FALSE(consider(3));
  EXPECT_TRUE(consider(9));
  EXPECT_TRUE(consider(9, Usage{8, 1})) << "there was room a moment ago";
  EXPECT_EQ(store_.delivered["a@x.test"].size(), 3U);
}

TEST_F(QuotaWarningsTest, ASmallerQuotaPassesTheLevelToo) {
  store_.usages["a@x.test"] = {.messages = 5, .octets = 1};
  EXPECT_FALSE(*warnings_.look(terms_, holder_));
  holder_.quota.messages = 3;
  EXPECT_TRUE(*warnings_.look(terms_, holder_));
  EXPECT_FALSE(*warnings_.look(terms_, holder_));
  terms_.percent = 0;
  holder_.account = "b@x.test";
  EXPECT_FALSE(*warnings_.look(terms_, holder_));
}

TEST_F(QuotaWarningsTest, TheOperatorGetsACopy) {
  terms_.operator_address = "boss@x.test";
  EXPECT_TRUE(consider(9));
  ASSERT_EQ(store_.delivered["boss@x.test"].size(), 1U);
  EXPECT_THAT(store_.delivered["boss@x.test"][0],
              ::testing::AllOf(HasSubstr("To: boss@x.test\r\n"), HasSubstr("a@x.test"),
                               HasSubstr("Subject: A mailbox is nearly full\r\n")));
}

TEST_F(QuotaWarningsTest, WithoutTheOperatorTheOwnerIsStillToldOnce) {
  terms_.operator_address = "nobody@x.test";
  EXPECT_FALSE(warnings_.consider(terms_, holder_, {9, 1}));
  EXPECT_FALSE(*warnings_.consider(terms_, holder_, {9, 1}));
  EXPECT_EQ(store_.delivered["a@x.test"].size(), 1U);
}

TEST_F(QuotaWarningsTest, AWarningThatFailsIsTriedAgain) {
  store_.failures = {{"a@x.test", Errc::kFull}};
  EXPECT_EQ(warnings_.consider(terms_, holder_, {9, 1}).error().code, Errc::kFull);
  store_.failures.clear();
  EXPECT_TRUE(consider(9));
}

}  // namespace
}  // namespace restante::server
