#include "archive/mailbox/essence.h"

#include <gtest/gtest.h>

#include "archive/mailbox/sha256.h"
#include "archive/mailbox/test_support.h"

namespace restante::archive {
namespace {

Essence essence(std::string_view octets, std::size_t piece = std::string::npos) {
  EssenceReader reader;
  for (std::size_t at = 0; at < octets.size(); at += std::min(piece, octets.size()))
    reader.feed(octets.substr(at, piece));
  return reader.finish();
}

const std::string kMessage =
    "Received: by a\r\nMessage-ID:\r\n <1@a>\r\nSubject: x\r\n\r\nbody\r\n";

TEST(Essence, LinesThatAServerAddsDoNotMatter) {
  const Essence plain = essence(kMessage);
  EXPECT_EQ(plain.sum.size(), 32U);
  EXPECT_TRUE(plain.has_message_id && plain.has_trace);
  EXPECT_EQ(essence("Status: RO\r\nX-UIDL: 7\r\n" + kMessage).sum, plain.sum);
  EXPECT_NE(essence(kMessage + "more\r\n").sum, plain.sum);
}

TEST(Essence, PiecesDoNotMatter) {
  for (std::size_t piece = 1; piece < 9; ++piece)
    EXPECT_EQ(essence(kMessage, piece).sum, essence(kMessage).sum) << piece;
}

TEST(Essence, WithoutAMessageIdDateFromAndSubjectTell) {
  const Essence one = essence("From: a\r\nSubject: x\r\n\r\nbody\r\n");
  EXPECT_FALSE(one.is_unmistakable());
  EXPECT_EQ(essence("Status: O\r\nfrom : a\r\nSubject: x\r\n\r\nbody\r\n").sum, one.sum);
  EXPECT_NE(essence("From: b\r\nSubject: x\r\n\r\nbody\r\n").sum, one.sum);
  EXPECT_NE(essence("From: a\r\nSubject: x\r\nDate: d\r\n\r\nbody\r\n").sum, one.sum);
}

TEST(Essence, WhatHasNothingHasNone) {
  EXPECT_EQ(essence("").sum, "");
  EXPECT_EQ(essence("X-A: b\r\n\r\n").sum, "");
  EXPECT_EQ(essence(std::string(2U << 20, 'x')).sum, "") << "a header that does not end";
  for (const char* const text : {"Message-ID: <1@a>\r\n\nbody\r\n", "Message-ID: <1@a>\n\nbody\n",
                                 "\nMessage-ID: <1@a>\r\n\r\nbody\r\n"}) {
    EXPECT_EQ(essence(text).sum, "") << "a bare LF in the header: " << text;
    EXPECT_EQ(essence(text, 1).sum, "") << text;
  }
  EXPECT_NE(essence("\r\nbody").sum, "");
  EXPECT_NE(essence("Message-ID: <1@a>").sum, "") << "all header";
}

TEST(Essence, OfAFileItIsThatOfWhatWasReceived) {
  const TempFolder folder;
  const Path file = folder.path() / "message";
  write_file(file, "Message-ID: <1@a>\n\nbody\n");
  const std::string received = "Message-ID: <1@a>\r\n\r\nbody\r\n";
  const auto read = essence_of(file, sha256_of(received));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->sum, essence(received).sum);
  EXPECT_EQ(essence_of(file, sha256_of("another")).error().code, Errc::kCorrupt);
}

}  // namespace
}  // namespace restante::archive
