#include "smtp/parameters.h"

#include <gtest/gtest.h>

#include <limits>

namespace restante::smtp {
namespace {

constexpr auto kStrict = mail::Grammar::kStrict;
constexpr auto kTolerant = mail::Grammar::kTolerant;

TEST(MailArgument, ReadsParameters) {
  const auto mail = parse_mail("FROM:<a@b.example> SIZE=0042 BODY=8BITMIME SMTPUTF8", kStrict);
  ASSERT_TRUE(mail);
  EXPECT_EQ(mail->sender.plain(), "a@b.example");
  EXPECT_EQ(mail->declared_bytes, 42U);
  EXPECT_TRUE(mail->smtputf8);
  EXPECT_EQ(parse_mail("FROM:<> SIZE=0", kStrict)->declared_bytes, 0U);
  EXPECT_EQ(parse_mail("FROM:<> SIZE=18446744073709551616", kStrict)->declared_bytes,
            std::numeric_limits<std::uint64_t>::max());
}

TEST(MailArgument, SaysWhatIsWrong) {
  EXPECT_EQ(parse_mail("", kStrict).error(), Reply::kBadMailSyntax);
  EXPECT_EQ(parse_mail("FROM:", kStrict).error(), Reply::kBadSender);
  EXPECT_EQ(parse_mail("FROM:<a@b.example> X", kStrict).error(), Reply::kUnknownParameter);
  EXPECT_EQ(parse_mail("FROM:<a@b.example> BODY", kStrict).error(), Reply::kBadParameter);
  EXPECT_EQ(parse_mail("FROM:<a@b.example> SMTPUTF8 SMTPUTF8", kStrict).error(),
            Reply::kBadParameter);
  EXPECT_EQ(parse_mail("FROM:<\xC3\xBC@b.example>", kStrict).error(), Reply::kNonAsciiAddress);
}

TEST(RcptArgument, HoldsAUniqueId) {
  const auto uid = [](std::string_view parameters) {
    return parse_rcpt("TO:<a@b.example>" + std::string(parameters), false, kStrict);
  };
  EXPECT_EQ(uid("")->uid, "");
  EXPECT_EQ(uid(" XUID=abc-1")->uid, "abc-1");
  EXPECT_EQ(uid(" xuid=a+2Bb+3D ")->uid, "a+b=");
  EXPECT_EQ(uid(" XUID=" + std::string(70, '~'))->uid, std::string(70, '~'));
  for (const std::string& bad :
       {std::string(" XUID="), std::string(" XUID=a XUID=b"), std::string(" XUID=a+2b"),
        std::string(" XUID=a=b"), std::string(" XUID=+20"), std::string(" XUID=a+0D+0A"),
        std::string(" XUID=+C3+A4"), " XUID=" + std::string(71, 'x')})
    EXPECT_EQ(uid(bad).error(), Reply::kBadParameter) << bad;
  for (const std::string_view bad : {" XUID", " XUIDS=1", " UID=1", " XUID=1 NOTIFY=NEVER"})
    EXPECT_EQ(uid(bad).error(), Reply::kUnknownParameter) << bad;
}

TEST(RcptArgument, TakesNoOtherParameter) {
  EXPECT_EQ(parse_rcpt("TO:<a@b.example>", false, kStrict)->recipient.plain(), "a@b.example");
  EXPECT_EQ(parse_rcpt("TO:<a@b.example> NOTIFY=NEVER", false, kStrict).error(),
            Reply::kUnknownParameter);
  EXPECT_EQ(parse_rcpt("TO:<\xC3\xBC@b.example>", false, kStrict).error(), Reply::kNonAsciiAddress);
  EXPECT_TRUE(parse_rcpt("TO:<\xC3\xBC@b.example>", true, kStrict));
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
  EXPECT_EQ(*parse_hello("[IPv6:::1]", kStrict), "[IPv6:::1]");
  EXPECT_TRUE(parse_hello(std::string(255, 'a'), kStrict));
  for (const std::string& bad : {std::string(), std::string("a b"), std::string("a\tb"),
                                 std::string("\xC3\xBC"), std::string(256, 'a')})
    EXPECT_FALSE(parse_hello(bad, kStrict));
}

TEST(StrictArguments, NameTheForm) {
  EXPECT_EQ(parse_mail("FROM:a@b.example", kStrict).error(), Reply::kBadMailSyntax);
  EXPECT_EQ(parse_rcpt("TO:a@b.example", false, kStrict).error(), Reply::kBadRcptSyntax);
  EXPECT_EQ(parse_mail("FROM :<a@b.example>", kStrict).error(), Reply::kBadMailSyntax);
  EXPECT_EQ(parse_mail("FROM:<a@b.example> SIZE=", kStrict).error(), Reply::kBadParameter);
}

TEST(TolerantArguments, TakeWhatUntidySendersSay) {
  struct Case {
    std::string_view argument;
    std::string_view sender;
    std::uint64_t declared_bytes = 0;
  };
  for (const Case& c : {
           Case{"FROM:a@b.example", "a@b.example"},
           Case{"FROM: a@b.example SIZE=7 BODY=8bitmime", "a@b.example", 7},
           Case{"from : <a@b.example>\tsize=7\t", "a@b.example", 7},
           Case{"FROM:<a@b.example>SIZE=7", "a@b.example", 7},
           Case{"FROM:<a@b.example> SIZE=", "a@b.example"},
           Case{"FROM:<a..b.@c.example> SIZE=7", "a..b.@c.example", 7},
           Case{"FROM:Scanner 2 <a@b.example> SIZE=7", "a@b.example", 7},
           Case{"FROM:<root>", "root"},
           Case{"FROM:< > SIZE=7", "", 7},
           Case{"FROM:<>", ""},
       }) {
    const auto mail = parse_mail(c.argument, kTolerant);
    ASSERT_TRUE(mail) << c.argument;
    EXPECT_EQ(mail->sender.plain(), c.sender) << c.argument;
    EXPECT_EQ(mail->declared_bytes, c.declared_bytes) << c.argument;
  }
  EXPECT_EQ(parse_rcpt("TO:postmaster", false, kTolerant)->recipient.plain(), "postmaster");
  EXPECT_EQ(parse_rcpt("to : <a..b@c.example.> ", false, kTolerant)->recipient.plain(),
            "a..b@c.example");
}

// A fault that is no matter of form stays refused.
TEST(TolerantArguments, RefuseTheRest) {
  EXPECT_EQ(parse_mail("FROM:", kTolerant).error(), Reply::kBadSender);
  EXPECT_EQ(parse_mail("FROM a@b.example", kTolerant).error(), Reply::kBadMailSyntax);
  EXPECT_EQ(parse_mail("FROM:<a@b.example> FOO=1", kTolerant).error(), Reply::kUnknownParameter);
  EXPECT_EQ(parse_mail("FROM:a@b.example AUTH=<>", kTolerant).error(), Reply::kUnknownParameter);
  EXPECT_EQ(parse_mail("FROM:<a@b.example> SIZE=x", kTolerant).error(), Reply::kBadParameter);
  EXPECT_EQ(parse_mail("FROM:\xC3\xBC@b.example", kTolerant).error(), Reply::kNonAsciiAddress);
  EXPECT_EQ(parse_rcpt("TO:<>", false, kTolerant).error(), Reply::kBadRecipient);
  EXPECT_EQ(parse_rcpt("TO:<a@-b.example>", false, kTolerant).error(), Reply::kBadRecipient);
  EXPECT_EQ(parse_rcpt("TO:a@b.example NOTIFY=NEVER", false, kTolerant).error(),
            Reply::kUnknownParameter);
}

TEST(HelloArgument, MayBeAnything) {
  for (const std::string_view name : {"", "my pc", "M\xC3\xBCller-PC", "M\xFCller", "a\tb"})
    EXPECT_EQ(*parse_hello(name, kTolerant), name);
  EXPECT_EQ(parse_hello(std::string(256, 'a'), kTolerant)->size(), 255U);
}

}  // namespace
}  // namespace restante::smtp
