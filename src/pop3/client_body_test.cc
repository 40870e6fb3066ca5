#include "pop3/client_body.h"

#include <gtest/gtest.h>

namespace restante::pop3 {
namespace {

constexpr bool kCrlf = false;
constexpr bool kBareLf = true;

/// What is given out, then "#" when it was done, then what was left of the input.
std::string read(bool bare_lf, std::string_view input, std::size_t step) {
  BodyReader body(bare_lf);
  std::string out;
  while (!input.empty() && !body.done()) {
    std::string_view piece = input.substr(0, step);
    const std::size_t size = piece.size();
    for (;;) {
      const std::string_view text = body.next(piece);
      if (text.empty()) break;
      out += text;
    }
    EXPECT_TRUE(body.done() || piece.empty());
    input.remove_prefix(size - piece.size());
  }
  if (body.done()) out.append("#").append(input);
  return out;
}

void expect_for_all_cuts(bool bare_lf, std::string_view input, std::string_view expected) {
  for (std::size_t step = 1; step <= input.size(); ++step)
    EXPECT_EQ(read(bare_lf, input, step), expected) << "step " << step << " of " << input;
  // And each single cut.
  for (std::size_t cut = 1; cut < input.size(); ++cut) {
    BodyReader body(bare_lf);
    std::string out;
    std::string_view rest;
    for (std::string_view piece : {input.substr(0, cut), input.substr(cut)}) {
      if (body.done()) break;
      for (std::string_view text; !(text = body.next(piece)).empty();) out += text;
      rest = body.done() ? std::string_view(
                               piece.data(),
                               static_cast<std::size_t>(input.data() + input.size() - piece.data()))
                         : std::string_view();
    }
    if (body.done()) out.append("#").append(rest);
    EXPECT_EQ(out, expected) << "cut " << cut << " of " << input;
  }
}

struct Case {
  std::string_view input;
  std::string_view expected;
};

TEST(ClientBody, Crlf) {
  for (const Case& test : {
           Case{".\r\n", "#"},
           Case{"a\r\n.\r\n+OK next\r\n", "a\r\n#+OK next\r\n"},
           Case{"a\r\n..\r\n...b\r\n.\r\n", "a\r\n.\r\n..b\r\n#"},
           Case{"..\r\n.\r\n", ".\r\n#"},
           // F-21: of a server that stuffs nothing, the dot is lost (RFC 1939 s.3), no more.
           Case{".a\r\n.\r\n", "a\r\n#"},
           // F-20: bare LFs are octets of the text.
           Case{"a\n.\nb\r\n.\r\n", "a\n.\nb\r\n#"},
           Case{"a\n.\r\nb\r\n.\r\n", "a\n.\r\nb\r\n#"},
           Case{"a\r\n.\nb\r\n.\r\n", "a\r\n\nb\r\n#"},
           Case{"a\r\n.\r\r\n.\r\n", "a\r\n\r\r\n#"},
           Case{"a\r\n.\rb\r\n.\r\n", "a\r\n\rb\r\n#"},
           Case{"a\r.\r\n.\r\n", "a\r.\r\n#"},
           // F-19: not ended.
           Case{"a.\r\n", "a.\r\n"},
           Case{"a\r\n.\r", "a\r\n"},
           Case{"a\r\n.", "a\r\n"},
           Case{"a\r\n", "a\r\n"},
           Case{"\r\n\r\n.\r\n", "\r\n\r\n#"},
       })
    expect_for_all_cuts(kCrlf, test.input, test.expected);
  expect_for_all_cuts(kCrlf, std::string_view("\0\xff\r\n.\r\n", 7),
                      std::string_view("\0\xff\r\n#", 5));
}

TEST(ClientBody, BareLf) {
  for (const Case& test : {
           Case{".\n", "#"},
           Case{"a\n.\n+OK next\n", "a\r\n#+OK next\n"},
           Case{"a\n..\n\n.\n", "a\r\n.\r\n\r\n#"},
           Case{"a\r\nb\n.\r\n", "a\r\nb\r\n#"},
           Case{"a\r\r\nb\rc\n.\n", "a\r\r\nb\rc\r\n#"},
           Case{"a\n.\rb\n.\n", "a\r\n\rb\r\n#"},
           Case{"a\n.", "a\r\n"},
           Case{"a\n", "a\r\n"},
       })
    expect_for_all_cuts(kBareLf, test.input, test.expected);
}

TEST(ClientBody, PiecesAreTheInputItself) {
  const std::string text = std::string(5000, 'x') + "\r\n" + std::string(5000, 'y') + "\r\n.\r\n";
  BodyReader body(kCrlf);
  std::string_view input(text);
  EXPECT_EQ(body.next(input).size(), 10004U);
  EXPECT_EQ(body.next(input), "");
  EXPECT_TRUE(body.done());
}

std::vector<std::string> lines_of(std::string_view input, std::size_t step) {
  ListingLines lines;
  std::vector<std::string> out;
  for (; !input.empty(); input.remove_prefix(std::min(step, input.size())))
    lines.feed(input.substr(0, step), [&](std::string_view line) { out.emplace_back(line); });
  return out;
}

TEST(ListingLines, TheSameForAllCuts) {
  const std::string_view input = "1 a\r\n\r\n2 b\rc\n\r\r\n\n\r\n3";
  const std::vector<std::string> expected = {"1 a", "", "2 b\rc\n\r", "\n"};
  for (std::size_t step = 1; step <= input.size(); ++step)
    EXPECT_EQ(lines_of(input, step), expected) << step;
}

TEST(ListingLines, LongOnesAreCut) {
  const std::string input = std::string(100'000, 'x') + "\r\n2 b\r\n";
  for (const std::size_t step : {1U, 7U, 4096U, 200'000U}) {
    const auto lines = lines_of(input, step);
    ASSERT_EQ(lines.size(), 2U) << step;
    EXPECT_EQ(lines[0], std::string(4096, 'x')) << step;
    EXPECT_EQ(lines[1], "2 b") << step;
  }
}

/// What is given out, "?" for each dot that is asked about; `is_end`: it is the final one.
std::string read_asking(std::string_view input, std::size_t step, bool is_end) {
  BodyReader body(kCrlf, LfDot::kAsked);
  std::string out;
  for (std::size_t at = 0; at < input.size() && !body.done(); at += step) {
    std::string_view piece = input.substr(at, step);
    while (!body.done()) {
      const std::string_view text = body.next(piece);
      out += text;
      if (!text.empty()) continue;
      if (!body.at_lf_dot()) break;
      out += '?';
      if (is_end)
        body.take_lf_dot();
      else
        out += body.keep_lf_dot();
    }
  }
  return out + (body.done() ? "#" : "");
}

TEST(ClientBody, ADotBehindABareLfIsAskedAbout) {
  constexpr std::string_view kInput = "a\n.\nb\n..\r\nc\n.d\n.\re\n\n.\r\nf\r\n.\r\n";
  for (std::size_t step = 1; step <= kInput.size(); ++step) {
    EXPECT_EQ(read_asking(kInput, step, true), "a\n.\nb\n..\r\nc\n.d\n.\re\n\n?#") << step;
    EXPECT_EQ(read_asking(kInput, step, false), "a\n.\nb\n..\r\nc\n.d\n.\re\n\n?.\r\nf\r\n#")
        << step;
  }
}

}  // namespace
}  // namespace restante::pop3
