#include "smtp/bdat_encoder.h"

#include <gtest/gtest.h>

namespace restante::smtp {
namespace {

struct Encoded {
  std::string wire;
  std::uint64_t octets = 0;
  bool bare_newline = false;
};

// Reads one chunk from pieces of `step` octets.
void encode_chunk(BdatEncoder& encoder, std::string_view chunk, std::size_t step, Encoded& out) {
  for (;;) {
    std::string_view input = chunk.substr(0, step);
    const std::size_t before = input.size();
    const WireStep next = encoder.next(input);
    chunk.remove_prefix(before - input.size());
    out.wire += next.bytes;
    out.octets += next.octets;
    if (next.kind == WireStep::Kind::kEnd) break;
    ASSERT_NE(next.kind, WireStep::Kind::kNeedInput);
  }
  EXPECT_TRUE(chunk.empty());
}

Encoded encode(std::string_view message, std::size_t cut, std::size_t step) {
  BdatEncoder encoder;
  Encoded out;
  encoder.begin_chunk(cut, false);
  encode_chunk(encoder, message.substr(0, cut), step, out);
  encoder.begin_chunk(message.size() - cut, true);
  encode_chunk(encoder, message.substr(cut), step, out);
  out.bare_newline = encoder.bare_newline();
  return out;
}

struct Case {
  std::string_view message;
  std::string_view wire;
  std::uint64_t octets;
  bool bare_newline = false;
};

TEST(BdatEncoder, MakesWireFormAtEveryCut) {
  for (const Case& c : {
           Case{"", "", 0},
           Case{"a\r\n", "a\r\n", 3},
           Case{"a", "a\r\n", 3},
           Case{".", "..\r\n", 3},
           Case{".\r\n", "..\r\n", 3},
           Case{"..\r\n.a\r\n", "...\r\n..a\r\n", 8},
           Case{"a\r\n.\r\nQUIT\r\n", "a\r\n..\r\nQUIT\r\n", 12},
           Case{"a\n.\r\n", "a\n.\r\n", 5, true},
           Case{"a\r", "a\r\r\n", 4, true},
           Case{"a\r\n\r\n.", "a\r\n\r\n..\r\n", 8},
       }) {
    for (std::size_t cut = 0; cut <= c.message.size(); ++cut) {
      for (std::size_t step = 1; step <= c.message.size() + 1; ++step) {
        const Encoded got = encode(c.message, cut, step);
        EXPECT_EQ(got.wire, c.wire) << "cut " << cut << " step " << step;
        EXPECT_EQ(got.octets, c.octets) << c.message << " cut " << cut << " step " << step;
        EXPECT_EQ(got.bare_newline, c.bare_newline) << c.message << " cut " << cut;
      }
    }
  }
}

TEST(BdatEncoder, LeavesWhatFollowsTheChunk) {
  BdatEncoder encoder;
  encoder.begin_chunk(2, false);
  std::string_view input = "abNOOP\r\n";
  EXPECT_EQ(encoder.next(input).bytes, "ab");
  EXPECT_EQ(encoder.next(input).kind, WireStep::Kind::kEnd);
  EXPECT_EQ(input, "NOOP\r\n");
}

TEST(BdatEncoder, AsksForInput) {
  BdatEncoder encoder;
  encoder.begin_chunk(2, true);
  std::string_view input;
  EXPECT_EQ(encoder.next(input).kind, WireStep::Kind::kNeedInput);
}

}  // namespace
}  // namespace restante::smtp
