#include "smtp/message_receiver.h"

#include <gtest/gtest.h>

namespace restante::smtp {
namespace {

// What is handed on of a DATA stream, read to its end.
std::string hand_on(MessageReceiver& receiver, std::string_view input) {
  std::string out;
  receiver.begin_data();
  for (auto step = receiver.next(input); step.kind != WireStep::Kind::kEnd;
       step = receiver.next(input)) {
    EXPECT_EQ(step.kind, WireStep::Kind::kPiece);
    if (step.kind != WireStep::Kind::kPiece) break;
    out += step.bytes;
  }
  EXPECT_EQ(input, "NEXT");
  return out;
}

class Receiver : public testing::Test {
 protected:
  Receiver() { settings_.message_bytes_max = 30; }
  ServerSettings settings_;
};

TEST_F(Receiver, CountsAndLooksAtTheHeader) {
  MessageReceiver receiver(settings_);
  EXPECT_EQ(hand_on(receiver, "A: \xC3\xBC\r\n\r\n..x\r\n.\r\nNEXT"), "A: \xC3\xBC\r\n\r\n..x\r\n");
  EXPECT_EQ(receiver.octets(), 13U);
  EXPECT_TRUE(receiver.utf8_header());
  EXPECT_EQ(receiver.failure(), Failure::kNone);
}

TEST_F(Receiver, ReadsAFailedMessageToItsEnd) {
  MessageReceiver large(settings_);
  EXPECT_EQ(hand_on(large, std::string(31, 'x') + "\r\n.\r\nNEXT"), "");
  EXPECT_EQ(large.failure(), Failure::kTooLarge);
  settings_.bare_newlines = BareNewlines::kRefuse;
  MessageReceiver bare(settings_);
  EXPECT_EQ(hand_on(bare, "a\nb\r\n.\r\nNEXT"), "");
  EXPECT_EQ(bare.failure(), Failure::kBareNewline);
  MessageReceiver spool(settings_);
  spool.spool_failed();
  EXPECT_EQ(hand_on(spool, "a\r\n.\r\nNEXT"), "");
  EXPECT_EQ(spool.failure(), Failure::kSpool);
}

TEST_F(Receiver, LastingReasonsComeFirst) {
  MessageReceiver receiver(settings_);
  receiver.spool_failed();
  EXPECT_EQ(receiver.failure(), Failure::kSpool);
  EXPECT_EQ(hand_on(receiver, "\n" + std::string(31, 'x') + "\r\n.\r\nNEXT"), "");
  EXPECT_EQ(receiver.failure(), Failure::kTooLarge);
}

// By default, and as POP3 will count it.
TEST_F(Receiver, RepairsLineEnds) {
  MessageReceiver receiver(settings_);
  EXPECT_EQ(hand_on(receiver, "a\n.b\rc\r\r\n..d\r\n.\r\nNEXT"), "a\r\n..b c\r\n..d\r\n");
  EXPECT_EQ(receiver.octets(), 13U);
  EXPECT_EQ(receiver.failure(), Failure::kNone);
  MessageReceiver large(settings_);
  EXPECT_EQ(hand_on(large, std::string(15, '\n') + "\r\n.\r\nNEXT"), "");
  EXPECT_EQ(large.failure(), Failure::kTooLarge) << "counted as it is stored";
}

TEST_F(Receiver, KeepsBareNewlinesWhenTold) {
  settings_.bare_newlines = BareNewlines::kKeep;
  MessageReceiver receiver(settings_);
  EXPECT_EQ(hand_on(receiver, "a\nb\rc\r\n.\r\nNEXT"), "a\nb\rc\r\n");
  EXPECT_EQ(receiver.failure(), Failure::kNone);
}

}  // namespace
}  // namespace restante::smtp
