#include "pop3/reply.h"

#include <gtest/gtest.h>

#include <limits>

#include "pop3/server_session.h"

namespace restante::pop3 {
namespace {

std::string reply_to(LoginFailure failure) {
  Replies replies;
  replies.login_failed(failure);
  return replies.output();
}

TEST(Replies, CarryTheResponseCodeOfALoginFailure) {
  EXPECT_TRUE(reply_to(LoginFailure::kWrong).starts_with("-ERR [AUTH] "));
  EXPECT_TRUE(reply_to(LoginFailure::kInUse).starts_with("-ERR [IN-USE] "));
  EXPECT_TRUE(reply_to(LoginFailure::kTooSoon).starts_with("-ERR [LOGIN-DELAY] "));
  EXPECT_TRUE(reply_to(LoginFailure::kTemporary).starts_with("-ERR [SYS/TEMP] "));
  EXPECT_TRUE(reply_to(LoginFailure::kPermanent).starts_with("-ERR [SYS/PERM] "));
}

TEST(Replies, TellDamageFromAPassingFailure) {
  Replies replies;
  replies.message_failed(Errc::kCorrupt);
  replies.message_failed(Errc::kIo);
  replies.message_failed(Errc::kClosed);
  EXPECT_EQ(replies.output(),
            "-ERR [SYS/PERM] message is damaged\r\n"
            "-ERR [SYS/TEMP] message cannot be read now\r\n"
            "-ERR [SYS/TEMP] message cannot be read now\r\n");
}

TEST(Replies, KeepTheCodeInEveryLanguage) {
  Replies replies;
  replies.set_language(Language::kGerman);
  replies.error(ResponseCode::kUtf8, Text::kNeedsUtf8);
  EXPECT_TRUE(replies.output().starts_with("-ERR [UTF8] Nachricht"));
}

TEST(Replies, ArePutTogether) {
  Replies replies;
  replies.begin_ok().add(std::numeric_limits<std::uint64_t>::max()).add(" ").add(std::uint64_t{0});
  replies.add(" ").add(Text::kOctets).end_line();
  replies.end_list();
  EXPECT_EQ(replies.output(), "+OK 18446744073709551615 0 octets\r\n.\r\n");
}

TEST(Replies, FitIntoAReplyLine) {
  for (const LanguageInfo& known : languages())
    for (int i = 0; i < static_cast<int>(Text::kCount); ++i) {
      Replies replies;
      replies.set_language(known.language);
      replies.error(ResponseCode::kLoginDelay, Text{static_cast<std::uint8_t>(i)});
      EXPECT_LE(replies.output().size(), kReplyLineBytesMax);
    }
}

}  // namespace
}  // namespace restante::pop3
