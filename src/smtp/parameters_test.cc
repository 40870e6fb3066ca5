#include "smtp/parameters.h"

#include <gtest/gtest.h>

#include <limits>

namespace restante::smtp {
namespace {

TEST(MailArgument, ReadsParameters) {
  const auto mail = parse_mail("FROM:<a@b.example> SIZE=0042 BODY=8BITMIME SMTPUTF8");
  ASSERT_TRUE(mail);
  EXPECT_EQ(mail->sender.plain(), "a@b.example");
  EXPECT_EQ(mail->declared_bytes, 42U);
  EXPECT_TRUE(mail->smtputf8);
  EXPECT_EQ(parse_mail("FROM:<> SIZE=0")->declared_bytes, 0U);
  EXPECT_EQ(parse_mail("FROM:<> SIZE=18446744073709551616")->declared_bytes,
            std::numeric_limits<std::uint64_t>::max());
}

TEST(MailArgument, SaysWhatIsWrong) {
  EXPECT_EQ(parse_mail("").error(), Reply::kBadMailSyntax);
  EXPECT_EQ(parse_mail("FROM:").error(), Reply::kBadSender);
  EXPECT_EQ(parse_mail("FROM:<a@b.example> X").error(), Reply::kUnknownParameter);
  EXPECT_EQ(parse_mail("FROM:<a@b.example> BODY").error(), Reply::kBadParameter);
  EXPECT_EQ(parse_mail("FROM:<a@b.example> SMTPUTF8 SMTPUTF8").error(), Reply::kBadParameter);
  EXPECT_EQ(parse_mail("FROM:<\xC3\xBC@b.example>").error(), Reply::kNonAsciiAddress);
}

TEST(RcptArgument, TakesNoParameters) {
  EXPECT_EQ(parse_rcpt("TO:<a@b.example>", false)->plain(), "a@b.example");
  EXPECT_EQ(parse_rcpt("TO:<a@b.example> NOTIFY=NEVER", false).error(), Reply::kUnknownParameter);
  EXPECT_EQ(parse_rcpt("TO:<\xC3\xBC@b.example>", false).error(), Reply::kNonAsciiAddress);
  EXPECT_TRUE(parse_rcpt("TO:<\xC3\xBC@b.example>", true));
}

TEST(ChunkArgument, IsExact) {
  EXPECT_EQ(parse_chunk("0007 last")->chunk_bytes, 7U);
  EXPECT_TRUE(parse_chunk("7 LAST")->last);
  EXPECT_FALSE(parse_chunk("0")->last);
  EXPECT_EQ(parse_chunk("18446744073709551615")->chunk_bytes,
            std::numeric_limits<std::uint64_t>::max());
  for (const auto* bad : {"", "LAST", "-1", "+1", "1 2", "1 LASTS", "18446744073709551616", "1.0"})
    EXPECT_EQ(parse_chunk(bad).error(), Reply::kBadChunk) << bad;
}

TEST(HelloArgument, IsOneWord) {
  EXPECT_EQ(*parse_hello("[IPv6:::1]"), "[IPv6:::1]");
  EXPECT_TRUE(parse_hello(std::string(255, 'a')));
  for (const std::string& bad : {std::string(), std::string("a b"), std::string("a\tb"),
                                 std::string("\xC3\xBC"), std::string(256, 'a')})
    EXPECT_FALSE(parse_hello(bad));
}

}  // namespace
}  // namespace restante::smtp
