#include "archive/mailbox/message_outline.h"

#include <gtest/gtest.h>

namespace restante::archive {
namespace {

constexpr std::string_view kMessage =
    "Received: from a\r\n\tby b\r\nMessage-Id:  <1@x> \r\nDate: Mon,\r\n 1 Jan 2024\r\n\r\n"
    "one\r\n\r\ntwo";

Outline outline_of(std::string_view octets, std::size_t piece = 1000) {
  OutlineReader reader;
  for (std::size_t at = 0; at < octets.size(); at += piece) reader.feed(octets.substr(at, piece));
  return reader.finish();
}

TEST(MessageOutline, IsTheSameHoweverItIsCut) {
  for (std::size_t piece = 1; piece <= kMessage.size(); ++piece) {
    const Outline outline = outline_of(kMessage, piece);
    EXPECT_EQ(outline.message_id, "<1@x>");
    EXPECT_EQ(outline.date, "Mon, 1 Jan 2024");
    EXPECT_EQ(outline.body_octets, 10U) << piece;
    EXPECT_EQ(outline.body_lines, 2U);
  }
}

TEST(MessageOutline, LineEndsDoNotMatter) {
  std::string unix_form(kMessage);
  std::erase(unix_form, '\r');
  const Outline outline = outline_of(unix_form);
  EXPECT_EQ(outline.message_id, "<1@x>");
  EXPECT_EQ(outline.body_octets, 10U);
}

TEST(MessageOutline, WithoutAHeaderOrABodyThereIsNothing) {
  EXPECT_EQ(outline_of("\r\nMessage-ID: <no@x>\r\n").message_id, "");
  EXPECT_EQ(outline_of("Message-ID: <1@x>").message_id, "<1@x>");
  EXPECT_EQ(outline_of("").body_octets, 0U);
}

TEST(MessageOutline, AHeaderWithoutEndIsBounded) {
  std::string endless = "Message-ID: <1@x>\n";
  endless += "X: " + std::string(2 * OutlineReader::kHeaderBytesMax, 'x') + "\n\nbody";
  const Outline outline = outline_of(endless);
  EXPECT_EQ(outline.message_id, "<1@x>");
  EXPECT_EQ(outline.body_octets, 4U);
}

TEST(MessageOutline, SizesAreComparedWithALittleSlack) {
  Outline outline;
  outline.body_octets = 10'000;
  outline.body_lines = 200;
  EXPECT_TRUE(is_plausible(10'000, outline));
  EXPECT_TRUE(is_plausible(10'002, outline));
  EXPECT_TRUE(is_plausible(9'800, outline)) << "line ends counted as one octet";
  EXPECT_FALSE(is_plausible(10'300, outline)) << "a list's footer";
  EXPECT_FALSE(is_plausible(0, outline));
}

}  // namespace
}  // namespace restante::archive
