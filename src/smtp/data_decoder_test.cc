#include "smtp/data_decoder.h"

#include <gtest/gtest.h>

namespace restante::smtp {
namespace {

struct Decoded {
  std::string wire;
  std::uint64_t octets = 0;
  bool ended = false;
  bool bare_newline = false;
  std::string rest;
};

Decoded decode(std::string_view input, std::size_t cut) {
  DataDecoder decoder;
  Decoded out;
  for (std::string_view part : {input.substr(0, cut), input.substr(cut)}) {
    while (!out.ended) {
      const WireStep step = decoder.next(part);
      if (step.kind == WireStep::Kind::kNeedInput) break;
      out.wire += step.bytes;
      out.octets += step.octets;
      out.ended = step.kind == WireStep::Kind::kEnd;
    }
    out.rest += part;
  }
  out.bare_newline = decoder.bare_newline();
  return out;
}

struct Case {
  std::string_view input;
  std::string_view wire;
  std::uint64_t octets;
  std::string_view rest;
  bool bare_newline = false;
};

TEST(DataDecoder, EndsAtCrlfDotCrlfAtEveryCut) {
  for (const Case& c : {
           Case{".\r\nNOOP\r\n", "", 0, "NOOP\r\n"},
           Case{"a\r\n.\r\n", "a\r\n", 3, ""},
           Case{"a\r\n.\r\n.\r\n", "a\r\n", 3, ".\r\n"},
           Case{"\r\n.\r\n", "\r\n", 2, ""},
           Case{"..\r\n.\r\n", "..\r\n", 3, ""},
           Case{".a\r\n..b\r\n.\r\n", ".a\r\n..b\r\n", 7, ""},
           Case{"a.\r\n.\r\n", "a.\r\n", 4, ""},
           Case{"a\n.\r\n.\r\n", "a\n.\r\n", 5, "", true},
           Case{"a\r.\r\n.\r\n", "a\r.\r\n", 5, "", true},
           Case{"a\r\n.\n\r\n.\r\n", "a\r\n.\n\r\n", 6, "", true},
           Case{"a\r\n.\rb\r\n.\r\n", "a\r\n.\rb\r\n", 7, "", true},
           Case{"a\r\n.\r\r\n.\r\n", "a\r\n.\r\r\n", 6, "", true},
           Case{".\r.\r\n.\r\n", ".\r.\r\n", 4, "", true},
           Case{".\n.\r\n\r\n.\r\n", ".\n.\r\n\r\n", 6, "", true},
       }) {
    for (std::size_t cut = 0; cut <= c.input.size(); ++cut) {
      const Decoded got = decode(c.input, cut);
      EXPECT_TRUE(got.ended) << c.input << " cut " << cut;
      EXPECT_EQ(got.wire, c.wire) << "cut " << cut;
      EXPECT_EQ(got.octets, c.octets) << c.input << " cut " << cut;
      EXPECT_EQ(got.rest, c.rest) << c.input << " cut " << cut;
      EXPECT_EQ(got.bare_newline, c.bare_newline) << c.input << " cut " << cut;
    }
  }
}

TEST(DataDecoder, DoesNotEndWithoutIt) {
  for (const std::string_view input :
       {"\n.\n", "\n.\r\n", "a\r.\r\n", "\r\n.\n", "\r\n.\r", "\r\n.\r\r\n", "a.\r\n", ".", ".\r",
        "\r\n\r\n.", "\r.\r", "\r\n..\r\n"})
    for (std::size_t cut = 0; cut <= input.size(); ++cut)
      EXPECT_FALSE(decode(input, cut).ended) << input;
}

TEST(DataDecoder, HandsOutTheInputItself) {
  const std::string text = "line\r\n..line\r\nend";
  std::string_view input = text;
  DataDecoder decoder;
  const WireStep step = decoder.next(input);
  EXPECT_EQ(step.bytes.data(), text.data());
  EXPECT_EQ(step.bytes.size(), text.size());
}

}  // namespace
}  // namespace restante::smtp
