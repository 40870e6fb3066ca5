#include "accounts/pam/wire.h"

#include <gtest/gtest.h>

namespace restante::accounts::pam {
namespace {

TEST(PamWire, AQuestionArrivesAsItWas) {
  const std::string odd("pass\0word\n€", 12);
  const auto packet = pack(Question{7, "alice@example.test", odd, "2001:db8::1"});
  ASSERT_TRUE(packet);
  const auto question = unpack_question(*packet);
  ASSERT_TRUE(question);
  EXPECT_EQ(question->number, 7U);
  EXPECT_EQ(question->user, "alice@example.test");
  EXPECT_EQ(question->password, odd);
  EXPECT_EQ(question->peer, "2001:db8::1");
}

TEST(PamWire, AQuestionThatIsTooLongIsNotAsked) {
  EXPECT_TRUE(pack(Question{1, "a", std::string(kPacketBytesMax - 33, 'x'), ""}));
  EXPECT_FALSE(pack(Question{1, "a", std::string(kPacketBytesMax - 32, 'x'), ""}));
}

TEST(PamWire, AnswersArriveAsTheyWere) {
  const auto yes = unpack_answer(pack(Answer{8, ok()}));
  ASSERT_TRUE(yes);
  EXPECT_TRUE(yes->status);
  EXPECT_EQ(yes->number, 8U);
  const auto no = unpack_answer(pack(Answer{9, Error(Errc::kAuth, "wrong")}));
  ASSERT_TRUE(no);
  EXPECT_EQ(no->status.error().code, Errc::kAuth);
  EXPECT_EQ(no->status.error().detail, "wrong");
  const auto down = unpack_answer(pack(Answer{9, Error(Errc::kIo, std::string(5000, 'x'))}));
  ASSERT_TRUE(down);
  EXPECT_EQ(down->status.error().code, Errc::kIo);
  EXPECT_EQ(down->status.error().detail, std::string(1000, 'x'));
}

// A module has the same process, and may have written anything into the socket.
TEST(PamWire, WhatIsCutOrTooLongIsNothing) {
  const std::string question = *pack(Question{7, "alice", "secret", "::1"});
  const std::string answer = pack(Answer{9, Error(Errc::kAuth, "wrong")});
  for (std::size_t size = 0; size < question.size(); ++size)
    EXPECT_FALSE(unpack_question(question.substr(0, size))) << size;
  for (std::size_t size = 0; size < answer.size(); ++size)
    EXPECT_FALSE(unpack_answer(answer.substr(0, size))) << size;
  EXPECT_FALSE(unpack_question(question + "x"));
  EXPECT_FALSE(unpack_answer(answer + "x"));
}

}  // namespace
}  // namespace restante::accounts::pam
