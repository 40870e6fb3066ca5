#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/ascii.h"
#include "base/bytes.h"
#include "base/checksum.h"
#include "base/clock.h"
#include "base/numbers.h"
#include "base/result.h"

namespace restante {
namespace {

TEST(Numbers, TakesWholeTokensOnly) {
  EXPECT_EQ(*parse_decimal<std::uint32_t>("0"), 0U);
  EXPECT_EQ(*parse_decimal<std::uint32_t>("4294967295"), 4294967295U);
  for (const auto* bad : {"", "+1", "-1", " 1", "1 ", "01", "01x", "1abc", "4294967296",
                          "18446744073709551616", "0x1", "1.0"})
    EXPECT_FALSE(parse_decimal<std::uint32_t>(bad)) << bad;
}

TEST(Numbers, CountThings) {
  EXPECT_EQ(counted(0, "message"), "0 messages");
  EXPECT_EQ(counted(1, "message"), "1 message");
  EXPECT_EQ(counted(2, "copy", "copies"), "2 copies");
}

TEST(Ascii, Utf8IsExact) {
  EXPECT_TRUE(is_utf8("plain"));
  EXPECT_TRUE(is_utf8("gr\xC3\xBC\xC3\x9F"));
  EXPECT_TRUE(is_utf8("\xF0\x9F\x93\xAC"));
  for (const auto* bad :
       {"\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xC3", "\x80", "\xE0\x80\x80"})
    EXPECT_FALSE(is_utf8(bad));
}

TEST(Ascii, TrimAndCase) {
  EXPECT_EQ(trim("  a b\t"), "a b");
  EXPECT_EQ(trim(" \t"), "");
  EXPECT_TRUE(equals_ignore_case("StAt", "STAT"));
  EXPECT_FALSE(equals_ignore_case("STAT", "STATS"));
}

TEST(Bytes, LittleEndianRoundTrip) {
  std::array<std::byte, 12> bytes{};
  put_le<std::uint64_t>(bytes, 4, 0x0102030405060708ULL);
  EXPECT_EQ(bytes[4], std::byte{8});
  EXPECT_EQ(get_le<std::uint64_t>(bytes, 4), 0x0102030405060708ULL);
}

TEST(Checksum, StreamAgreesWithWholeAtEveryCut) {
  const std::string text = "from the first byte to the last, however it is cut";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    ChecksumStream stream;
    stream.update(as_bytes(std::string_view(text).substr(0, cut)));
    stream.update(as_bytes(std::string_view(text).substr(cut)));
    EXPECT_EQ(stream.digest(), checksum(as_bytes(text)));
  }
}

TEST(Clock, Formats) {
  const WallTime time(std::chrono::milliseconds(1795298939123));
  EXPECT_EQ(to_rfc5322(time), "Sat, 21 Nov 2026 22:08:59 +0000");
  EXPECT_EQ(to_rfc3339(time), "2026-11-21T22:08:59.123Z");
}

Result<int> twice(Result<int> input) {
  RESTANTE_TRY(const int value, std::move(input));
  return value * 2;
}

TEST(Result, TryPassesValuesAndErrors) {
  EXPECT_EQ(*twice(21), 42);
  const auto failed = twice(Error(Errc::kBusy, "held"));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().message(), "busy: held");
}

}  // namespace
}  // namespace restante
