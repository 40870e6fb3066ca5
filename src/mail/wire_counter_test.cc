#include "mail/wire_counter.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>

#include "mail/wire_codec.h"

namespace restante::mail {
namespace {

struct CountCase {
  std::string_view wire;
  std::uint64_t octets;
  bool at_line_start;
};

constexpr std::array kCounts = {
    CountCase{"", 0, true},           CountCase{"a\r\n", 3, true},
    CountCase{"..\r\n", 3, true},     CountCase{"a\r\n..b\r\n", 7, true},
    CountCase{"a..b\r\n", 6, true},   CountCase{"a\n..b\r\n", 7, true},
    CountCase{"a\r..b\r\n", 7, true}, CountCase{"a\r\n\r\n...\r\n", 9, true},
    CountCase{"a\r\r\n..", 5, false}, CountCase{"a\r", 2, false},
};

TEST(WireCounter, CountsAsPop3DoesForEveryCut) {
  for (const CountCase& c : kCounts)
    for (std::size_t cut = 0; cut <= c.wire.size(); ++cut) {
      WireCounter counter;
      counter.write(c.wire.substr(0, cut));
      counter.write(c.wire.substr(cut));
      EXPECT_EQ(counter.octets(), c.octets) << c.wire << " cut at " << cut;
      EXPECT_EQ(counter.at_line_start(), c.at_line_start) << c.wire << " cut at " << cut;
    }
}

TEST(WireCounter, AgreesWithTheUnstuffedLength) {
  const std::string_view wire = "..a\r\n\r\n...\r\nb.\r\n..c\r\n.\n.\r\n";
  WireCounter counter;
  DotUnstuffer unstuffer;
  std::string raw;
  for (const char& octet : wire) {
    counter.write({&octet, 1});
    unstuffer.write({&octet, 1}, raw);
  }
  EXPECT_EQ(counter.octets(), raw.size());
}

}  // namespace
}  // namespace restante::mail
