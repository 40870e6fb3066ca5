#include "mime/quoted_printable_decoder.h"

#include <gtest/gtest.h>

namespace restante::mime {
namespace {

/// Cut anywhere, it means the same.
std::string decoded(std::string_view octets) {
  const std::string whole = decode(octets, Encoding::kQuotedPrintable, Footer::kLeftOut);
  for (std::size_t piece = 1; piece <= octets.size() && piece < 80; ++piece) {
    QuotedPrintableDecoder decoder;
    std::string out;
    for (std::size_t at = 0; at < octets.size(); at += piece)
      decoder.feed(octets.substr(at, piece), out);
    decoder.finish(out);
    EXPECT_EQ(out, whole) << "in pieces of " << piece;
  }
  return whole;
}

TEST(QuotedPrintableDecoder, CodesOfEitherCaseAreOctets) {
  EXPECT_EQ(decoded("gr=C3=BC=c3=9fe"),
            "gr\xC3\xBC\xC3\x9F"
            "e");
  EXPECT_EQ(decoded("a=3Db"), "a=b");
}

TEST(QuotedPrintableDecoder, SoftLineEndsAreNone) {
  EXPECT_EQ(decoded("one=\r\ntwo"), "onetwo");
  EXPECT_EQ(decoded("one=\ntwo"), "onetwo");
  EXPECT_EQ(decoded("one=  \t\r\ntwo"), "onetwo") << "RFC 2045 s.6.7 (3)";
  EXPECT_EQ(decoded("one=\rtwo"), "onetwo") << "lines that end with CR";
  EXPECT_EQ(decoded("one="), "one");
}

TEST(QuotedPrintableDecoder, BlanksAtLineEndsGo) {
  EXPECT_EQ(decoded("one  \r\ntwo\t\nthree  "), "one\r\ntwo\nthree");
  EXPECT_EQ(decoded("one two"), "one two");
}

TEST(QuotedPrintableDecoder, WhatIsNoCodeStays) {
  EXPECT_EQ(decoded("50=xx 3=4 =\xFC =A"), "50=xx 3=4 =\xFC =A");
  EXPECT_EQ(decoded("x=4\r\ny"), "x=4\r\ny");
  EXPECT_EQ(decoded("= a"), "= a");
}

TEST(QuotedPrintableDecoder, ManyBlanksAreNotKept) {
  const std::string blanks(100'000, ' ');
  EXPECT_EQ(decoded("a" + blanks + "b"), "a" + blanks + "b");
}

TEST(QuotedPrintableDecoder, ALineMayEndWithTwoCrs) {
  EXPECT_EQ(decoded("one=\r\r\ntwo"), "onetwo");
  EXPECT_EQ(decoded("one=\r\rtwo"), "one\rtwo") << "lines that end with CR";
}

}  // namespace
}  // namespace restante::mime
