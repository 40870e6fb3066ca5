#include "fetch/run/twins.h"

#include <gtest/gtest.h>

#include <array>

namespace restante::fetch {
namespace {

using Verdict = Twins::Verdict;

HeaderBlock block(std::string_view header) {
  HeaderBlock out;
  out.feed(header);
  out.feed("\r\n");
  return out;
}

class TwinsTest : public ::testing::Test {
 protected:
  /// The earlier one that it cannot be told from.
  const Fetch* hold(const Fetch& message, std::string_view header) {
    const auto earlier = twins_.hold({&message, nullptr, {}, block(header)});
    return earlier ? earlier->message : nullptr;
  }
  Verdict judge(const Fetch& message, std::string_view shown) {
    const HeaderBlock header = block(shown);
    return twins_.judge(message, &header).verdict;
  }

  Twins twins_;
  Fetch a_{1, "a", 100, Why::kNew};
  Fetch b_{2, "b", 100, Why::kNew};
};

TEST_F(TwinsTest, EachHeaderIsAskedForOnce) {
  twins_.add(a_);
  twins_.add(b_);
  twins_.add(a_);
  EXPECT_TRUE(twins_.has(a_) && twins_.has(b_));
  EXPECT_EQ(twins_.next_to_ask(), &a_);
  EXPECT_EQ(twins_.next_to_ask(), &b_);
  EXPECT_EQ(twins_.next_to_ask(), nullptr);
}

TEST_F(TwinsTest, AMessageIsItselfByItsHeader) {
  EXPECT_EQ(hold(a_, "Subject: a\r\n"), nullptr);
  EXPECT_EQ(hold(b_, "Subject: b\r\n"), nullptr);
  EXPECT_EQ(judge(a_, "Subject: a\r\n"), Verdict::kItself);
  EXPECT_EQ(judge(b_, "Subject: a\r\n"), Verdict::kAnother);
}

TEST_F(TwinsTest, WhatWaitedIsGivenBackOnce) {
  hold(a_, "Subject: a\r\n");
  const HeaderBlock header = block("Subject: a\r\n");
  const Twins::Judged judged = twins_.judge(a_, &header);
  ASSERT_TRUE(judged.came);
  EXPECT_EQ(judged.came->message, &a_);
  EXPECT_FALSE(twins_.judge(a_, &header).came);
}

TEST_F(TwinsTest, TheFirstThatWaitsIsKnown) {
  std::array<Fetch, 3> messages{a_, b_, a_};
  EXPECT_EQ(twins_.first_waiting(), nullptr);
  hold(messages[2], "Subject: c\r\n");
  hold(messages[1], "Subject: b\r\n");
  EXPECT_EQ(twins_.first_waiting(), &messages[1]);
  judge(messages[1], "Subject: b\r\n");
  EXPECT_EQ(twins_.first_waiting(), &messages[2]);
  twins_.give_up();
  EXPECT_EQ(twins_.first_waiting(), nullptr);
}

TEST_F(TwinsTest, WhatServersWriteIntoHeadersDoesNotMatter) {
  hold(a_, "Subject: a\r\nStatus: RO\r\nX-UIDL: 1\r\n 2\r\nTo: b\r\n");
  EXPECT_EQ(judge(a_, "Subject: a\r\nTo: b\r\ncontent-length: 7\r\n"), Verdict::kItself);
}

TEST_F(TwinsTest, OneMessageIdIsEnoughWhereNobodyElseHasIt) {
  hold(a_, "Message-ID: <1@a>\r\nX-Seen: 1\r\n");
  EXPECT_EQ(judge(a_, "Message-ID: <1@a>\r\nX-Seen: 2\r\n"), Verdict::kItself);
  hold(a_, "Message-ID: <1@a>\r\nX-Seen: 3\r\n");
  EXPECT_EQ(judge(a_, "Message-ID: <1@a>\r\nX-Seen: 4\r\n"), Verdict::kUnclear);
}

TEST_F(TwinsTest, TwoWithOneHeaderCannotBeToldApart) {
  EXPECT_EQ(hold(a_, "Subject: disk full\r\n"), nullptr);
  EXPECT_EQ(hold(b_, "Subject: disk full\r\nStatus: RO\r\n"), &a_);
  EXPECT_EQ(judge(b_, "Subject: another\r\n"), Verdict::kItself) << "it does not wait";
}

TEST_F(TwinsTest, WithoutAHeaderItIsUnclear) {
  hold(a_, "Subject: a\r\n");
  const Twins::Judged refused = twins_.judge(a_, nullptr);
  EXPECT_EQ(refused.verdict, Verdict::kUnclear);
  EXPECT_TRUE(refused.came);
  hold(b_, "Subject: b\r\n");
  HeaderBlock half;
  half.feed("Subject: b\r\n");
  EXPECT_EQ(twins_.judge(b_, &half).verdict, Verdict::kUnclear);
}

}  // namespace
}  // namespace restante::fetch
