#include "smtp/client/reply_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace restante::smtp {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

ServerReply read(std::string_view octets) {
  ReplyReader reader;
  const auto reply = reader.take(octets);
  EXPECT_TRUE(reply && *reply);
  EXPECT_EQ(octets, "");
  return reply && *reply ? **reply : ServerReply();
}

Error fails(std::string_view octets) {
  ReplyReader reader;
  const auto reply = reader.take(octets);
  EXPECT_FALSE(reply) << octets;
  return reply ? Error(Errc::kState, "") : reply.error();
}

TEST(ReplyReaderTest, PutsTheLinesTogether) {
  const ServerReply reply = read("250-mail.example\r\n250-\r\n250 SIZE 10\r\n");
  EXPECT_EQ(reply.code, 250);
  EXPECT_THAT(reply.lines, ElementsAre("mail.example", "", "SIZE 10"));
  EXPECT_EQ(reply.text(), "mail.example SIZE 10");
}

TEST(ReplyReaderTest, NeedsNeitherATextNorACr) {
  EXPECT_EQ(read("250\r\n").code, 250);
  EXPECT_EQ(read("250\r\n").text(), "");
  EXPECT_EQ(read("354 go\n").text(), "go");
}

TEST(ReplyReaderTest, TakesRepliesOneByOneAndCutAnywhere) {
  const std::string all = "250-a\r\n250 b\r\n354 c\r\n";
  for (std::size_t cut = 0; cut <= all.size(); ++cut) {
    ReplyReader reader;
    std::vector<std::string> texts;
    for (std::string_view piece :
         {std::string_view(all).substr(0, cut), std::string_view(all).substr(cut)})
      while (!piece.empty())
        if (const auto reply = reader.take(piece); reply && *reply)
          texts.push_back((*reply)->text());
    EXPECT_THAT(texts, ElementsAre("a b", "c")) << cut;
  }
}

TEST(ReplyReaderTest, LeavesNothingThatHarmsATerminalOrALog) {
  EXPECT_EQ(read("550 a\x1b[2Jb\r\n").text(), "a [2Jb");
  EXPECT_EQ(read("550 gr\xc3\xbc\xc3\x9f\r\n").text(), "gr\xc3\xbc\xc3\x9f");
  EXPECT_EQ(read("550 gr\xfc\r\n").text(), "gr\xc3\xbc");
}

TEST(ReplyReaderTest, ItsTextIsCutBetweenTwoCharacters) {
  std::string line = "550 x";
  for (int i = 0; i < 400; ++i) line += "\xc3\xbc";
  EXPECT_EQ(read(line + "\r\n").text().size(), 499U);
  std::string wide = "550 ";
  for (int i = 0; i < 400; ++i) wide += "\xe2\x82\xac";
  EXPECT_EQ(read(wide + "\r\n").text().size(), 498U);
  EXPECT_EQ(read("550 " + std::string(2000, 'x') + "\r\n").text().size(), 500U);
}

TEST(ReplyReaderTest, KnowsWhatIsNoReply) {
  for (const std::string_view line : {"+OK POP3\r\n", "25\r\n", "2500 x\r\n", "099 x\r\n",
                                      "600 x\r\n", "\r\n", "x\r\n", "250_x\r\n"})
    EXPECT_EQ(fails(line).code, Errc::kSyntax) << line;
  EXPECT_THAT(fails("* OK IMAP\r\n").detail, HasSubstr("no reply of a mail server: * OK IMAP"));
}

TEST(ReplyReaderTest, IsBounded) {
  EXPECT_EQ(fails(std::string(5000, '2')).code, Errc::kLimit);
  std::string endless;
  while (endless.size() < (80U << 10)) endless += "250-" + std::string(1000, 'x') + "\r\n";
  EXPECT_EQ(fails(endless).code, Errc::kLimit);
  endless.clear();
  while (endless.size() < (80U << 10)) endless += "250-\r\n";
  EXPECT_EQ(fails(endless).code, Errc::kLimit);
}

}  // namespace
}  // namespace restante::smtp
