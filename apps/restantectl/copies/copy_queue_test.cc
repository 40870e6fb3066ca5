#include "restantectl/copies/copy_queue.h"

#include <gtest/gtest.h>

namespace restante::ctl {
namespace {

constexpr WallTime kNow{std::chrono::milliseconds(1'700'000'000'000)};

WaitingMessage message(int minute, std::uint64_t octets) {
  WaitingMessage out;
  out.uid = "u" + std::to_string(minute);
  out.octets = octets;
  out.arrived = kNow + std::chrono::minutes(minute);
  return out;
}

WaitingMessage with_setback(WaitingMessage message, int next, bool is_set_aside,
                            std::string reason) {
  copies::Setback setback;
  setback.tries = 1;
  setback.first = message.arrived;
  setback.next = kNow + std::chrono::minutes(next);
  setback.is_set_aside = is_set_aside;
  setback.reason = std::move(reason);
  message.setback = std::move(setback);
  return message;
}

TEST(CopyState, NothingWaits) {
  const CopyState state = state_of(WaitingMail{});
  EXPECT_EQ(state.waiting.messages, 0U);
  EXPECT_FALSE(state.oldest);
  EXPECT_FALSE(state.next);
  EXPECT_EQ(state.reason, "");
}

TEST(CopyState, WhatNobodyHasTriedHasNoTrouble) {
  const CopyState state = state_of({{message(7, 100), message(5, 10)}});
  EXPECT_EQ(state.waiting.messages, 2U);
  EXPECT_EQ(state.waiting.octets, 110U);
  EXPECT_EQ(state.oldest, kNow + std::chrono::minutes(5));
  EXPECT_EQ(state.set_aside, 0U);
  EXPECT_FALSE(state.next);
}

TEST(CopyState, TellsTheLastTroubleAndTheNextTry) {
  const CopyState state =
      state_of({{with_setback(message(1, 1), 2, true, "550 no"),
                 with_setback(message(4, 1), 50, false, "450 later"),
                 with_setback(message(3, 1), 40, false, "451 later"), message(9, 1)}});
  EXPECT_EQ(state.waiting.messages, 3U);
  EXPECT_EQ(state.set_aside, 1U);
  EXPECT_EQ(state.next, kNow + std::chrono::minutes(40)) << "what is set aside has no next try";
  EXPECT_EQ(state.reason, "450 later");
  EXPECT_EQ(state_of({{with_setback(message(1, 1), 2, true, "550 no")}}).reason, "550 no");
}

TEST(CopyState, ATargetThatDoesNotAnswerHoldsUpAll) {
  WaitingMail mail{{with_setback(message(1, 1), 2, true, "550 no")}};
  mail.target = with_setback(message(0, 0), 30, false, "Connection refused").setback;
  EXPECT_EQ(state_of(mail).reason, "550 no") << "nothing but what is set aside";
  EXPECT_FALSE(state_of(mail).next);
  mail.messages.push_back(message(4, 1));
  EXPECT_EQ(state_of(mail).reason, "Connection refused");
  EXPECT_EQ(state_of(mail).next, kNow + std::chrono::minutes(30));
}

}  // namespace
}  // namespace restante::ctl
