#include "smtp/line_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace restante::smtp {
namespace {

using Kind = LineReader::Kind;
using testing::ElementsAre;
using namespace std::string_view_literals;

constexpr std::size_t kLimit = 8;

// All lines of `text` cut at `cut`, with "!" for forbidden ones, "+" for those too long and "LF"
// for a second bare LF.
std::vector<std::string> lines_of(std::string_view text, std::size_t cut) {
  LineReader reader(kLimit);
  std::vector<std::string> out;
  for (std::string_view part : {text.substr(0, cut), text.substr(cut)}) {
    for (auto line = reader.take(part); line.kind != Kind::kNeedInput; line = reader.take(part)) {
      out.emplace_back(line.text);
      if (line.kind == Kind::kForbidden) out.back() = "!";
      if (line.kind == Kind::kTooLong) out.back() = "+";
      if (line.kind == Kind::kLfOnly) out.back() = "LF";
    }
    EXPECT_TRUE(part.empty());
  }
  return out;
}

TEST(LineReader, EndsLinesInCrlfOnlyAtEveryCut) {
  const std::string_view text = "ab\r\n\r\nc\nd\r\ne\rf\r\n\r\r\n\n\r\ng\0\r\n\n\n\r\r\nh\r\ni"sv;
  for (std::size_t cut = 0; cut <= text.size(); ++cut)
    EXPECT_THAT(lines_of(text, cut), ElementsAre("ab", "", "!", "!", "!", "!", "!", "!", "LF", "h"))
        << cut;
}

TEST(LineReader, SkipsLongLinesOnceAtEveryCut) {
  const std::string_view text = "123456\r\n1234567\r\n1234567890\r234567890\r\nab\r\n";
  for (std::size_t cut = 0; cut <= text.size(); ++cut)
    EXPECT_THAT(lines_of(text, cut), ElementsAre("123456", "+", "+", "ab")) << cut;
}

// A client that ends lines in LF hears of it at once, and nothing up to the next CRLF is a command.
TEST(LineReader, TellsOfABareLfWhenItComes) {
  LineReader reader(kLimit);
  std::string_view part = "NOOP\nQUI";
  EXPECT_EQ(reader.take(part).kind, Kind::kForbidden);
  EXPECT_EQ(reader.take(part).kind, Kind::kNeedInput);
  part = "T\r\nab\r\n";
  EXPECT_EQ(reader.take(part).text, "ab");
  part = "1234567890\n1234567890\n\n\ncd\r\nef\r\n";
  EXPECT_EQ(reader.take(part).kind, Kind::kForbidden);
  EXPECT_EQ(reader.take(part).kind, Kind::kLfOnly);
  EXPECT_EQ(reader.take(part).text, "ef");
}

TEST(LineReader, KeepsNoMoreThanTheLimit) {
  LineReader reader(kLimit);
  for (int i = 0; i < 1000; ++i) {
    std::string_view part = "x";
    ASSERT_EQ(reader.take(part).kind, Kind::kNeedInput);
  }
  std::string_view rest = "\r\nok\r\n";
  EXPECT_EQ(reader.take(rest).kind, Kind::kTooLong);
  EXPECT_EQ(reader.take(rest).text, "ok");
}

TEST(LineReader, ForgetsALineBegun) {
  LineReader reader(kLimit);
  std::string_view part = "NOO\r";
  EXPECT_EQ(reader.take(part).kind, Kind::kNeedInput);
  reader.reset();
  part = "\nP\r\n";
  EXPECT_EQ(reader.take(part).kind, Kind::kForbidden);
}

}  // namespace
}  // namespace restante::smtp
