#include "documents/compressed_rtf.h"

#include <gtest/gtest.h>

namespace restante::text {
namespace {

std::string octets(std::initializer_list<unsigned> values) {
  std::string text;
  for (const unsigned value : values) text += static_cast<char>(value);
  return text;
}

// The examples of MS-OXRTFCP s.4.1.1 and s.4.1.2.
const std::string kHello =
    octets({0x2d, 0x00, 0x00, 0x00, 0x2b, 0x00, 0x00, 0x00, 0x4c, 0x5a, 0x46, 0x75, 0xf1,
            0xc5, 0xc7, 0xa7, 0x03, 0x00, 0x0a, 0x00, 0x72, 0x63, 0x70, 0x67, 0x31, 0x32,
            0x35, 0x42, 0x32, 0x0a, 0xf3, 0x20, 0x68, 0x65, 0x6c, 0x09, 0x00, 0x20, 0x62,
            0x77, 0x05, 0xb0, 0x6c, 0x64, 0x7d, 0x0a, 0x80, 0x0f, 0xa0});
const std::string kRuns = octets({0x1a, 0x00, 0x00, 0x00, 0x1c, 0x00, 0x00, 0x00, 0x4c, 0x5a,
                                  0x46, 0x75, 0xe2, 0xd4, 0x4b, 0x51, 0x41, 0x00, 0x04, 0x20,
                                  0x57, 0x58, 0x59, 0x5a, 0x0d, 0x6e, 0x7d, 0x01, 0x0e, 0xb0});

TEST(CompressedRtf, IsUnpacked) {
  EXPECT_EQ(unpacked_rtf(kHello, 1000), "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n");
  EXPECT_EQ(unpacked_rtf(kRuns, 1000), "{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}");
  EXPECT_EQ(unpacked_rtf(std::string(8, 'x') + "MELAcrc.{\\rtf1 plain}", 1000), "{\\rtf1 plain}");
}

TEST(CompressedRtf, NoMoreThanIsAskedFor) {
  EXPECT_EQ(unpacked_rtf(kRuns, 10), "{\\rtf1 WXY");
  // Each of its pairs of octets would be 17.
  const std::string hostile = kRuns.substr(0, 16) + std::string(100'000, '\xFF');
  EXPECT_EQ(unpacked_rtf(hostile, 1000).size(), 1000U);
}

TEST(CompressedRtf, WhatIsCutOrNone) {
  EXPECT_EQ(unpacked_rtf("", 1000), "");
  EXPECT_EQ(unpacked_rtf(std::string(100, 'x'), 1000), "");
  const std::string whole = unpacked_rtf(kHello, 1000);
  for (std::size_t cut = 0; cut < kHello.size(); ++cut)
    EXPECT_TRUE(whole.starts_with(unpacked_rtf(std::string_view(kHello).substr(0, cut), 1000)));
}

}  // namespace
}  // namespace restante::text
