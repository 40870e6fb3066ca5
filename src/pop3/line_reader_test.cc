#include "pop3/line_reader.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/limits.h"

namespace restante::pop3 {
namespace {

const std::string kTooLong = "<too long>";

void read_all(LineReader& reader, std::string_view input, LineKind kind,
              std::vector<std::string>& lines) {
  for (;;) {
    const Line line = reader.next(input, kind);
    if (line.status == Line::Status::kNeedInput) break;
    lines.push_back(line.status == Line::Status::kTooLong ? kTooLong : std::string(line.text));
  }
  EXPECT_TRUE(input.empty());
}

std::vector<std::string> lines_of(std::string_view input, std::size_t cut,
                                  LineKind kind = LineKind::kCommand) {
  LineReader reader;
  std::vector<std::string> lines;
  read_all(reader, input.substr(0, cut), kind, lines);
  read_all(reader, input.substr(cut), kind, lines);
  return lines;
}

TEST(LineReader, EndsLinesAtLfForEveryCut) {
  const std::string_view input = "a\r\n\r\nb\nc\rd\r\r\n\ne\r\nf";
  const std::vector<std::string> expected = {"a", "", "b", "c\rd\r", "", "e"};
  for (std::size_t cut = 0; cut <= input.size(); ++cut) EXPECT_EQ(lines_of(input, cut), expected);
}

TEST(LineReader, DoesNotCopyALineThatIsWhole) {
  LineReader reader;
  const std::string input = "NOOP\r\nSTAT\r\n";
  std::string_view rest = input;
  const Line line = reader.next(rest, LineKind::kCommand);
  EXPECT_EQ(line.text.data(), input.data());
  EXPECT_EQ(rest, "STAT\r\n");
}

TEST(LineReader, KeepsToTheLimitForEveryCut) {
  const std::size_t limit = limits::kPop3LineBytesMax;
  for (const std::size_t bytes : {limit - 1, limit, limit + 1, limit + 2, 3 * limit}) {
    const std::string line(bytes - 2, 'x');
    const std::string input = line + "\r\nNOOP\r\n";
    const std::vector<std::string> expected = {bytes <= limit ? line : kTooLong, "NOOP"};
    for (std::size_t cut = 0; cut <= input.size(); ++cut)
      ASSERT_EQ(lines_of(input, cut), expected) << bytes << " cut at " << cut;
  }
}

TEST(LineReader, SkipsToTheNextLfAndNotToACr) {
  const std::string input = std::string(2 * limits::kPop3LineBytesMax, 'x') + "\rQ\nR\r\r\nNOOP\n";
  const std::vector<std::string> expected = {kTooLong, "R\r", "NOOP"};
  for (std::size_t cut = 0; cut <= input.size(); ++cut)
    ASSERT_EQ(lines_of(input, cut), expected) << "cut at " << cut;
}

TEST(LineReader, GivesAuthAndExchangesMoreRoom) {
  const std::string token(limits::kSaslLineBytesMax - 7, 'A');
  const std::vector<std::string> command = lines_of("aUtH " + token + "\r\n", 3);
  ASSERT_EQ(command.size(), 1U);
  EXPECT_EQ(command[0], "aUtH " + token);
  EXPECT_EQ(lines_of("AUTH " + token + "A\r\n", 3)[0], kTooLong);
  EXPECT_EQ(lines_of("AUTHX" + token + "\r\n", 3)[0], kTooLong);
  EXPECT_EQ(lines_of(token + "12345\r\n", 9, LineKind::kExchange)[0], token + "12345");
  EXPECT_EQ(lines_of(token + "123456\r\n", 9, LineKind::kExchange)[0], kTooLong);
}

TEST(LineReader, ForgetsWhenTold) {
  LineReader reader;
  std::string_view input = "USE";
  EXPECT_EQ(reader.next(input, LineKind::kCommand).status, Line::Status::kNeedInput);
  reader.reset();
  input = "R bob\r\n";
  EXPECT_EQ(reader.next(input, LineKind::kCommand).text, "R bob");
}

}  // namespace
}  // namespace restante::pop3
