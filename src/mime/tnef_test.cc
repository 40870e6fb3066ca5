#include "mime/tnef.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace restante::mime {
namespace {

std::string number(std::uint64_t value, std::size_t bytes) {
  std::string text;
  for (; bytes > 0; --bytes, value >>= 8U) text += static_cast<char>(value & 0xFFU);
  return text;
}

std::string attribute(std::uint32_t id, const std::string& data) {
  return number(1, 1) + number(id, 4) + number(data.size(), 4) + data + number(0, 2);
}

std::string property(std::uint32_t type, std::uint32_t id, const std::string& value) {
  return number(type, 2) + number(id, 2) + number(1, 4) + number(value.size(), 4) + value +
         std::string((4 - value.size() % 4) % 4, '\0');
}

const std::string kBegin = number(0x223E9F78, 4) + number(1, 2);

std::string sample() {
  const std::string wide("n\0\xFC\0\0\0", 6);
  return kBegin + attribute(0x00069007, number(1252, 4) + number(0, 4)) +
         attribute(0x00069003, number(3, 4) + number(0x0003, 2) + number(0x0017, 2) + number(1, 4) +
                                   number(0x001E, 2) + number(0x8005, 2) + std::string(16, 'g') +
                                   number(1, 4) + number(3, 4) + std::string("x\0y\0", 4) +
                                   number(1, 4) + number(2, 4) + "ab" + number(0, 2) +
                                   property(0x001E, 0x1000, "text\0")) +
         attribute(0x00069002, "rendering") + attribute(0x00018010, std::string("a.txt\0", 6)) +
         attribute(0x0006800F, "first") + attribute(0x00069002, "rendering") +
         attribute(0x00018010, "LONGNA~1") + attribute(0x0006800F, "second") +
         attribute(0x00069005, number(1, 4) + property(0x001F, 0x3707, wide));
}

TEST(Tnef, FilesAndTextAreFound) {
  const std::string octets = sample();
  const Tnef tnef = read_tnef(octets, 10);
  EXPECT_EQ(tnef.charset, "windows-1252");
  ASSERT_EQ(tnef.files.size(), 2U);
  EXPECT_EQ(tnef.files[0].name, "a.txt");
  EXPECT_EQ(tnef.files[0].octets, "first");
  EXPECT_EQ(tnef.files[1].name, std::string_view("n\0\xFC\0", 4));
  EXPECT_TRUE(tnef.files[1].is_wide);
  EXPECT_EQ(tnef.files[1].octets, "second");
  EXPECT_EQ(read_tnef(octets, 1).files.size(), 1U);
}

TEST(Tnef, TheTextIsThere) {
  const std::string octets =
      kBegin + attribute(0x00069003, number(2, 4) + property(0x001E, 0x1000, "plain") +
                                         property(0x0102, 0x1013, "<p>rich</p>"));
  EXPECT_EQ(read_tnef(octets, 10).text, "<p>rich</p>");
  EXPECT_EQ(read_tnef(octets, 10).text_type, "text/html");
}

TEST(Tnef, AMessageWithin) {
  const std::string id("\x07\x03\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46", 16);
  const std::string date =
      number(2003, 2) + number(7, 2) + number(1, 2) + number(10, 2) + number(52, 2) + number(37, 4);
  const std::string inner = kBegin + attribute(0x00018004, std::string("inner\0", 6)) +
                            attribute(0x00038005, date) +
                            attribute(0x00069003, number(3, 4) + property(0x001E, 0x0C1A, "Ann") +
                                                      property(0x001E, 0x0C1F, "ann@a.example") +
                                                      property(0x0102, 0x1009, "packed"));
  const std::string octets =
      kBegin + attribute(0x00069002, "rendering") +
      attribute(0x00069005, number(1, 4) + property(0x000D, 0x3701, id + inner));
  const Tnef outer = read_tnef(octets, 10);
  ASSERT_EQ(outer.files.size(), 1U);
  EXPECT_TRUE(outer.files[0].is_message);
  const Tnef tnef = read_tnef(outer.files[0].octets, 10);
  EXPECT_EQ(tnef.subject, "inner");
  EXPECT_EQ(tnef.sender, "Ann <ann@a.example>");
  EXPECT_EQ(tnef.date, "2003-07-01 10:52:37");
  EXPECT_EQ(tnef.rtf, "packed");
  // Another object, such as a picture of Word, is no file.
  const std::string object = kBegin + attribute(0x00069002, "rendering") +
                             attribute(0x00069005, number(1, 4) + property(0x000D, 0x3701, "OLE"));
  EXPECT_TRUE(read_tnef(object, 10).files.empty());
}

TEST(Tnef, WhatIsCutOrNoneIsReadAsFarAsItGoes) {
  const std::string octets = sample();
  for (std::size_t cut = 0; cut < octets.size(); ++cut)
    EXPECT_LE(read_tnef(std::string_view(octets).substr(0, cut), 10).files.size(), 2U);
  EXPECT_TRUE(read_tnef("no TNEF at all", 10).files.empty());
  // Counts and lengths beyond all that is there.
  EXPECT_TRUE(read_tnef(kBegin + attribute(0x00069003, std::string(8, '\xFF')), 10).text.empty());
  EXPECT_TRUE(read_tnef(kBegin + number(1, 1) + std::string(8, '\xFF'), 10).files.empty());
}

}  // namespace
}  // namespace restante::mime
