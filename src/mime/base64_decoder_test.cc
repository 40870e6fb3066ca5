#include "mime/base64_decoder.h"

#include <gtest/gtest.h>

namespace restante::mime {
namespace {

/// Cut anywhere, it means the same.
std::string decoded(std::string_view octets, Footer footer = Footer::kIsText) {
  const std::string whole = decode(octets, Encoding::kBase64, footer);
  for (std::size_t piece = 1; piece <= octets.size() && piece < 80; ++piece) {
    Base64Decoder decoder(footer);
    std::string out;
    for (std::size_t at = 0; at < octets.size(); at += piece)
      decoder.feed(octets.substr(at, piece), out);
    decoder.finish(out);
    EXPECT_EQ(out, whole) << "in pieces of " << piece;
  }
  return whole;
}

TEST(Base64Decoder, LinesAreDecoded) {
  EXPECT_EQ(decoded("SGVsbG8g\r\nd29ybGQ=\r\n"), "Hello world");
  EXPECT_EQ(decoded(""), "");
}

TEST(Base64Decoder, PaddedPiecesFollowEachOther) {
  EXPECT_EQ(decoded("SGVsbG8=\nIHdvcmxk\nIQ==\nIQ==\n"), "Hello world!!");
  EXPECT_EQ(decoded("SGVsbG8=IHdvcmxk"), "Hello world");
}

TEST(Base64Decoder, PaddingMayBeMissing) {
  EXPECT_EQ(decoded("SGVsbG8"), "Hello");
  EXPECT_EQ(decoded("SGVsbA"), "Hell");
  EXPECT_EQ(decoded("SGVsb"), "Hel") << "a single character has no octet";
  EXPECT_EQ(decoded("=SGVsbG8"), "Hello");
}

TEST(Base64Decoder, JunkWithinIsPassedOver) {
  EXPECT_EQ(decoded("SGV!sbG8*g\nd2 9yb\x80GQ="), "Hello world");
  EXPECT_EQ(decoded("SGVs bG8g d29y\nbGQ="), "Hello world");
}

TEST(Base64Decoder, AFooterIsText) {
  const std::string_view padded = "SGVsbG8gd29ybGQ=\n_____\nlist mailing list\n";
  EXPECT_EQ(decoded(padded), "Hello world_____\nlist mailing list\n");
  EXPECT_EQ(decoded(padded, Footer::kLeftOut), "Hello world");
  EXPECT_EQ(decoded("SGVsbG8h\n-- \nlist mailing list\n"), "Hello!-- \nlist mailing list\n");
}

TEST(Base64Decoder, AFooterNeedsNoPaddingBeforeIt) {
  EXPECT_EQ(decoded("YWJj\nfooter words\n", Footer::kLeftOut), "abc");
  EXPECT_EQ(decoded("YWJjZGV\n-- \nlist footer\n", Footer::kLeftOut), "abcde");
  EXPECT_EQ(decoded("YWJjZGV\nlist footer\n"), "abcdelist footer\n");
  const std::string damaged = "SGVsbG8gSGVsbG8gSGVsbG8gSGVs bG8gSGVsbG8gSGVsbG8gSGVsbG8g";
  EXPECT_EQ(decoded("SGVs\n" + damaged, Footer::kLeftOut).size(), 45U) << "one blank too many";
}

}  // namespace
}  // namespace restante::mime
