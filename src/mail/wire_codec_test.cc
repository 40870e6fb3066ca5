#include "mail/wire_codec.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace restante::mail {
namespace {

struct Case {
  std::string_view raw;
  std::string_view converted;  ///< Wire form, a bare LF ends a line.
  std::string_view kept;       ///< Wire form, a bare LF is an octet.
};

using std::string_view_literals::operator""sv;

constexpr std::array kCases = {
    Case{"", "", ""},
    Case{".", "..\r\n", "..\r\n"},
    Case{".\r\n", "..\r\n", "..\r\n"},
    Case{"..", "...\r\n", "...\r\n"},
    Case{"a", "a\r\n", "a\r\n"},
    Case{"a\r\n", "a\r\n", "a\r\n"},
    Case{"a\r\n.\r\n", "a\r\n..\r\n", "a\r\n..\r\n"},
    Case{"a\r\n.b\r\n..c\r\n", "a\r\n..b\r\n...c\r\n", "a\r\n..b\r\n...c\r\n"},
    Case{"a.b\r\n", "a.b\r\n", "a.b\r\n"},
    Case{"a\n.b", "a\r\n..b\r\n", "a\n.b\r\n"},
    Case{"\n\n.", "\r\n\r\n..\r\n", "\n\n.\r\n"},
    Case{"a\r.b", "a\r.b\r\n", "a\r.b\r\n"},
    Case{"a\r", "a\r\r\n", "a\r\r\n"},
    Case{"a\r\r\n.", "a\r\r\n..\r\n", "a\r\r\n..\r\n"},
    Case{"\0\xff.\r\n"sv, "\0\xff.\r\n"sv, "\0\xff.\r\n"sv},
};

/// Feeds the text in pieces of `first`, `second` and the rest.
template <typename Codec>
std::string feed(Codec& codec, std::string_view text, std::size_t first, std::size_t second) {
  std::string out;
  codec.write(text.substr(0, first), out);
  codec.write(text.substr(first, second), out);
  codec.write(text.substr(first + second), out);
  return out;
}

std::string stuff(std::string_view raw, BareLf bare_lf, std::size_t first, std::size_t second) {
  DotStuffer stuffer(bare_lf);
  std::string out = feed(stuffer, raw, first, second);
  stuffer.finish(out);
  return out;
}

TEST(DotStuffer, GivesTheSameWireFormForEveryCut) {
  for (const Case& c : kCases)
    for (std::size_t first = 0; first <= c.raw.size(); ++first)
      for (std::size_t second = 0; first + second <= c.raw.size(); ++second) {
        EXPECT_EQ(stuff(c.raw, BareLf::kToCrlf, first, second), c.converted) << c.raw;
        EXPECT_EQ(stuff(c.raw, BareLf::kKeep, first, second), c.kept) << c.raw;
      }
}

TEST(DotStuffer, StartsAfreshAfterFinish) {
  DotStuffer stuffer(BareLf::kToCrlf);
  std::string out;
  stuffer.write("a\r", out);
  stuffer.finish(out);
  stuffer.write("\n.", out);
  stuffer.finish(out);
  EXPECT_EQ(out, "a\r\r\n\r\n..\r\n");
}

TEST(DotUnstuffer, UndoesTheStufferForEveryCut) {
  for (const Case& c : kCases)
    for (std::size_t first = 0; first <= c.kept.size(); ++first)
      for (std::size_t second = 0; first + second <= c.kept.size(); ++second) {
        DotUnstuffer unstuffer;
        const std::string raw = feed(unstuffer, c.kept, first, second);
        ASSERT_TRUE(raw == c.raw || raw == std::string(c.raw) + "\r\n") << c.raw;
      }
}

TEST(DotUnstuffer, TakesOneDotAtALineStartAndNoOther) {
  DotUnstuffer unstuffer;
  std::string out;
  unstuffer.write("...a..\r\n.b\n.c\r.d\r\n..", out);
  EXPECT_EQ(out, "..a..\r\nb\n.c\r.d\r\n.");
}

}  // namespace
}  // namespace restante::mail
