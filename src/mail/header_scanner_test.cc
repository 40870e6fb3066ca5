#include "mail/header_scanner.h"

#include <gtest/gtest.h>

#include <array>

namespace restante::mail {
namespace {

struct Case {
  std::string_view wire;
  std::size_t received;
  bool has_8bit;
  bool ended;
};

constexpr std::array kCases = {
    Case{"", 0, false, false},
    Case{"\r\n", 0, false, true},
    Case{"Received: x\r\n\r\nReceived: body\r\n", 1, false, true},
    Case{"RECEIVED:\r\nreceived : x\r\nReceived\t:x\r\n", 3, false, false},
    Case{"Received\r\n: x\r\nReceivedx: y\r\nX-Received: z\r\nReceive: y\r\n", 0, false, false},
    Case{"A: Received: x\r\n Received: folded\r\n\tReceived: folded\r\n", 0, false, false},
    Case{"Received x: y\r\nReceived:: y\r\n", 1, false, false},
    Case{"A: \xC3\xBC\r\n\r\n", 0, true, true},
    Case{"\xC3: x\r\n\r\n", 0, true, true},
    Case{"Rec\x80: x\r\n\r\n", 0, true, true},
    Case{"A: x\r\n\r\n\xC3\xBC\r\n", 0, false, true},
    Case{"A: x\n\n\xC3\xBC\r\n", 0, false, true},
    Case{"A: x\n\r\n\xC3\xBC", 0, false, true},
    Case{"Received: x\nReceived: y\n\n", 2, false, true},
    Case{"A: x\r\n\rB: \xFF", 0, true, false},
    Case{"..stuffed: x\r\nReceived: y\r\n\r\n", 1, false, true},
};

TEST(HeaderScanner, SeesTheSameAtEveryCut) {
  for (const Case& c : kCases) {
    for (std::size_t cut = 0; cut <= c.wire.size(); ++cut) {
      HeaderScanner scanner;
      scanner.feed(c.wire.substr(0, cut));
      scanner.feed(c.wire.substr(cut));
      EXPECT_EQ(scanner.received_count(), c.received) << c.wire << " cut " << cut;
      EXPECT_EQ(scanner.has_8bit(), c.has_8bit) << c.wire << " cut " << cut;
      EXPECT_EQ(scanner.ended(), c.ended) << c.wire << " cut " << cut;
    }
  }
}

}  // namespace
}  // namespace restante::mail
