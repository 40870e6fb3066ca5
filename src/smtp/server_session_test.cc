// What the transcripts cannot say: effects, ownership of bytes, shutting down. The commands are in
// tests/transcripts/smtp.
#include "smtp/server_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/limits.h"
#include "smtp/memory_driver.h"

namespace restante::smtp {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr std::string_view kEnvelope =
    "LHLO c.example\r\nMAIL FROM:<s@c.example> SIZE=7\r\nRCPT TO:<a@example.test>\r\n";

class Session : public testing::Test {
 protected:
  Session() {
    settings_.dialect = Dialect::kLmtp;
    settings_.hostname = "mail.example.test";
    settings_.message_bytes_max = 1000;
    settings_.recipients_max = 10;
  }

  // Up to the one CheckRecipient of kEnvelope, answered; then DATA and `text`.
  Effect begin_data(ServerSession& session, std::string_view& text) {
    std::string_view input = kEnvelope;
    const Effect check = session.advance(input);
    EXPECT_EQ(std::get<CheckRecipient>(check).address, "a@example.test");
    EXPECT_EQ(std::get<CheckRecipient>(check).declared_bytes, 7U);
    session.recipient_checked(Recipient::kAccepted);
    input = "DATA\r\n";
    EXPECT_TRUE(std::holds_alternative<NeedInput>(session.advance(input)));
    session.output().clear();
    return session.advance(text);
  }

  ServerSettings settings_;
};

TEST_F(Session, GreetsAtOnce) {
  ServerSession session(settings_, Channel{});
  EXPECT_EQ(session.output(), "220 mail.example.test LMTP Restante\r\n");
}

TEST_F(Session, PiecesPointIntoTheInput) {
  ServerSession session(settings_, Channel{});
  const std::string text = "..one\r\ntwo\r\n.\r\nQUIT\r\n";
  std::string_view input = text;
  const Effect effect = begin_data(session, input);
  const auto& piece = std::get<StorePiece>(effect);
  EXPECT_TRUE(piece.first);
  EXPECT_EQ(piece.bytes.data(), text.data());
  EXPECT_EQ(piece.bytes, "..one\r\ntwo\r\n");
  session.piece_stored(ok());
  const Effect deliver = session.advance(input);
  EXPECT_EQ(std::get<Deliver>(deliver).octets, 11U);
  EXPECT_EQ(input, "QUIT\r\n");
  EXPECT_THAT(session.output(), IsEmpty());
  session.delivered({Delivery::kDone});
  EXPECT_THAT(session.output(), HasSubstr("250 2.0.0"));
}

TEST_F(Session, ShutDownInDataDeliversNothing) {
  ServerSession session(settings_, Channel{});
  std::string_view input = "one\r\n";
  const Effect effect = begin_data(session, input);
  ASSERT_TRUE(std::holds_alternative<StorePiece>(effect));
  session.shut_down(Farewell::kGoingDown);
  session.piece_stored(ok());
  EXPECT_EQ(session.output(), "421 4.3.2 mail.example.test Going down, try again later\r\n");
  input = ".\r\n";
  EXPECT_TRUE(std::holds_alternative<Close>(session.advance(input)));
  session.shut_down(Farewell::kTimeout);
  EXPECT_THAT(session.output(), Not(HasSubstr("4.4.2")));
}

TEST_F(Session, ShutDownInADeliveryAnswersItFirst) {
  ServerSession session(settings_, Channel{});
  std::string_view input = "one\r\n.\r\nNOOP\r\n";
  begin_data(session, input);
  session.piece_stored(ok());
  ASSERT_TRUE(std::holds_alternative<Deliver>(session.advance(input)));
  session.shut_down(Farewell::kGoingDown);
  EXPECT_THAT(session.output(), IsEmpty());
  session.delivered({Delivery::kDone});
  EXPECT_THAT(session.output(), HasSubstr("250 2.0.0"));
  EXPECT_THAT(session.output(),
              EndsWith("421 4.3.2 mail.example.test Going down, try again later\r\n"));
  EXPECT_TRUE(std::holds_alternative<Close>(session.advance(input)));
}

TEST_F(Session, ABigPipelineIsBoundedByFlush) {
  ServerSession session(settings_, Channel{});
  std::string commands;
  for (int i = 0; i < 50000; ++i) commands += "NOOP\r\n";
  std::string_view input = commands;
  std::size_t flushes = 0;
  for (;;) {
    const Effect effect = session.advance(input);
    EXPECT_LE(session.output().size(), limits::kOutputBytesMax + 512);
    session.output().clear();
    if (std::holds_alternative<NeedInput>(effect)) break;
    ASSERT_TRUE(std::holds_alternative<Flush>(effect));
    ++flushes;
  }
  EXPECT_GT(flushes, 8U);
}

TEST_F(Session, StartTlsThrowsTheInputAway) {
  Channel channel;
  channel.starttls_available = true;
  ServerSession session(settings_, channel);
  std::string_view input = "LHLO c.example\r\nSTARTTLS\r\nNOOP\r\n";
  EXPECT_TRUE(std::holds_alternative<StartTls>(session.advance(input)));
  EXPECT_TRUE(input.empty());
}

}  // namespace
}  // namespace restante::smtp
