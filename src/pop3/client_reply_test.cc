#include "pop3/client_reply.h"

#include <gtest/gtest.h>

namespace restante::pop3 {
namespace {

using Kind = ClientReply::Kind;

struct Case {
  std::string line;
  Kind kind;
  std::string code;
  std::string text;
};

TEST(ClientReply, Parts) {
  const std::vector<Case> cases = {
      {"+OK", Kind::kOk, "", ""},
      {"+OK 2 320", Kind::kOk, "", "2 320"},
      {"+ok  blanks \t", Kind::kOk, "", "blanks"},
      {"+OK<1@a> ready", Kind::kOk, "", "<1@a> ready"},
      {"-ERR [AUTH] no", Kind::kErr, "AUTH", "no"},
      {"-err [sys/temp]later", Kind::kErr, "SYS/TEMP", "later"},
      {"-ERR [X-OWN.1_2/3]", Kind::kErr, "X-OWN.1_2/3", ""},
      {"-ERR [not a code] no", Kind::kErr, "", "[not a code] no"},
      {"-ERR [] no", Kind::kErr, "", "[] no"},
      {"-ERR [AUTH no", Kind::kErr, "", "[AUTH no"},
      {"-ERR [" + std::string(65, 'A') + "]", Kind::kErr, "", "[" + std::string(65, 'A') + "]"},
      {"+ ", Kind::kContinue, "", ""},
      {"+", Kind::kContinue, "", ""},
      {"+ VXNlcm5hbWU6", Kind::kContinue, "", "VXNlcm5hbWU6"},
      {"+ [AUTH] x", Kind::kContinue, "", "[AUTH] x"},
  };
  for (const Case& expected : cases) {
    const auto reply = parse_reply(expected.line);
    ASSERT_TRUE(reply) << expected.line;
    EXPECT_EQ(reply->kind, expected.kind) << expected.line;
    EXPECT_EQ(reply->code, expected.code) << expected.line;
    EXPECT_EQ(reply->text, expected.text) << expected.line;
  }
}

TEST(ClientReply, WhatOnlyBeginsWithASignIsNone) {  // F-26, F-27.
  for (const char* line : {"", "OK", "+OKAY", "+OK2", "-ERROR", "+X", "-", "- ERR", " +OK", "220 x",
                           "* OK", "+OK\xe4", "-NO"}) {
    const auto reply = parse_reply(line);
    ASSERT_FALSE(reply) << line;
    EXPECT_EQ(reply.error().code, Errc::kSyntax);
  }
}

TEST(ClientReply, Temporary) {
  for (const char* line :
       {"-ERR [IN-USE] x", "-ERR [LOGIN-DELAY] x", "-ERR [SYS/TEMP] x", "-ERR [SYS/TEMP/DISK] x",
        "-ERR [IN-USE/X]", "-ERR maildrop locked", "-ERR Mailbox in use", "-ERR Try again later",
        "-ERR Unable to lock maildrop: Mailbox is locked by POP server"})
    EXPECT_TRUE(is_temporary(*parse_reply(line))) << line;
  for (const char* line : {"-ERR [AUTH] try later", "-ERR [SYS/PERM] busy", "-ERR [SYS/TEMPER] x",
                           "-ERR [IN-USED] x", "-ERR wrong password", "+OK locked", "-ERR"})
    EXPECT_FALSE(is_temporary(*parse_reply(line))) << line;
}

TEST(ClientReply, PrintableIsHarmless) {
  EXPECT_EQ(to_printable("plain text"), "plain text");
  EXPECT_EQ(to_printable("a\x1b[2Jb\r\nc"), "a?[2Jb??c");
  EXPECT_EQ(to_printable("gr\xc3\xbc\xc3\x9f"), "gr\xc3\xbc\xc3\x9f");
  EXPECT_EQ(to_printable("gr\xfc\xdf"), "gr??");
  EXPECT_EQ(to_printable("\xc2\x9b"
                         "2J"),
            "?2J");
  EXPECT_EQ(to_printable(std::string(1000, 'x')).size(), 400U);
  EXPECT_EQ(to_printable("x" + std::string(399, '\xc3').append(1, '\xa4')).size(), 400U);
  std::string umlauts = "x";
  for (int i = 0; i < 300; ++i) umlauts += "\xc3\xa4";
  EXPECT_EQ(to_printable(umlauts).size(), 399U);
}

/// The lines of `input`, cut into pieces of `step`; "~" marks a bare LF, "|" the rest.
std::string read_lines(std::string_view input, std::size_t step) {
  ReplyLineReader reader;
  std::string out;
  while (!input.empty()) {
    std::string_view piece = input.substr(0, step);
    input.remove_prefix(piece.size());
    while (!piece.empty()) {
      const auto line = reader.next(piece);
      if (!line) return out + to_string(line.error().code).data();
      if (line->complete) out.append(line->text).append(line->bare_lf ? "~" : "|");
    }
  }
  return out;
}

TEST(ReplyLineReader, TheSameForAllCuts) {
  const std::string_view input = "+OK one\r\n+OK two\n\r\n\n+OK a\rb\r\r\n-ERR";
  for (std::size_t step = 1; step <= input.size(); ++step)
    EXPECT_EQ(read_lines(input, step), "+OK one|+OK two~|~+OK a\rb\r|") << step;
}

TEST(ReplyLineReader, LengthIsBounded) {
  const std::string fits(kServerLineBytesMax, 'x');
  EXPECT_EQ(read_lines(fits + "\r\n", 1000), fits + "|");
  EXPECT_EQ(read_lines(fits + "xxx", 1000), "limit");
  EXPECT_EQ(read_lines(std::string(10 * kServerLineBytesMax, 'x') + "\n", 1 << 20), "limit");
}

}  // namespace
}  // namespace restante::pop3
