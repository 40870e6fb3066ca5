#include "mime/line_scan.h"

#include <gtest/gtest.h>

#include <string>

namespace restante::mime {
namespace {

TEST(LineScan, OneTextEndsItsLinesInOneWay) {
  EXPECT_EQ(line_end_of("a\r\nb\r\n"), '\n');
  EXPECT_EQ(line_end_of("a\nb"), '\n');
  EXPECT_EQ(line_end_of("a\rb\r"), '\r');
  EXPECT_EQ(line_end_of("a"), '\n');
  EXPECT_EQ(line_end_of("a\nb\r\n\nPDF" + std::string(100, '\r') + " x"), '\n');
}

TEST(LineScan, LinesComeWithoutTheirEnds) {
  EXPECT_EQ(line_at("a\r\r\nb", 0, '\n').text, "a");
  EXPECT_EQ(line_at("a\r\r\nb", 0, '\n').next, 4U);
  EXPECT_EQ(line_at("a\nb", 2, '\n').text, "b");
  EXPECT_EQ(line_at("a\rb", 0, '\r').text, "a");
  EXPECT_EQ(without_line_end("a\r\n", '\n'), "a");
  EXPECT_EQ(without_line_end("a\n\n", '\n'), "a\n");
  EXPECT_EQ(without_line_end("a\r", '\n'), "a\r");
  EXPECT_EQ(without_line_end("a\r", '\r'), "a");
}

TEST(LineScan, AFewLfsInATextOfCrsAreNone) {
  EXPECT_EQ(line_end_of("a\rb\r\rc\n"), '\r');
  EXPECT_EQ(line_end_of("a\rb\r\rc\r\n"), '\r');
  EXPECT_EQ(line_end_of("1\r2\r3\r4\r5\r6\r7\r8\r9\r10\r11\r12\n13\r"), '\r');
  EXPECT_EQ(line_end_of("From x\na\rb\rc\rd\re\rf\rg\rh\ri\rj\rk\rl\r"), '\r');
  EXPECT_EQ(line_end_of("a\rb\nc\n"), '\n');
  EXPECT_EQ(line_end_of("a\r\r\n"), '\n');
  EXPECT_EQ(line_end_of("\r\n"), '\n');
  EXPECT_EQ(line_at("a\r\nb", 0, '\r').next, 3U);
  EXPECT_EQ(without_line_end("a\r\n", '\r'), "a");
}

}  // namespace
}  // namespace restante::mime
