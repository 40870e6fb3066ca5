// The actions of a conversation; its replies are in tests/transcripts/smtp.
#include "smtp/conversation.h"

#include <gtest/gtest.h>

namespace restante::smtp {
namespace {

using Kind = Action::Kind;

class Talk : public testing::Test {
 protected:
  Talk() {
    settings_.message_bytes_max = 100;
    settings_.recipients_max = 1;
    channel_.starttls_available = true;
  }
  Action say(Conversation& talk, std::string_view line) {
    return talk.handle({LineReader::Kind::kLine, line});
  }

  ServerSettings settings_;
  Channel channel_;
};

TEST_F(Talk, NamesWhatHasToHappen) {
  Conversation talk(settings_, channel_);
  EXPECT_EQ(say(talk, "EHLO c.example").kind, Kind::kNothing);
  EXPECT_EQ(say(talk, "MAIL FROM:<s@c.example>").kind, Kind::kNothing);
  const Action check = say(talk, "RCPT TO:<\"a\"@example.test>");
  EXPECT_EQ(check.kind, Kind::kCheckRecipient);
  EXPECT_EQ(check.recipient, "a@example.test");
  talk.recipient_checked(Recipient::kAccepted, 1);
  EXPECT_EQ(say(talk, "RCPT TO:<b@example.test>").kind, Kind::kNothing);
  EXPECT_EQ(say(talk, "DATA").kind, Kind::kTakeMessage);
  EXPECT_EQ(say(talk, "QUIT").kind, Kind::kClose);
}

TEST_F(Talk, TellsTheFirstChunk) {
  Conversation talk(settings_, channel_);
  EXPECT_EQ(say(talk, "BDAT 5 LAST").kind, Kind::kSkipChunk);
  for (const auto* line : {"EHLO c.example", "MAIL FROM:<>", "RCPT TO:<a@example.test>"})
    say(talk, line);
  talk.recipient_checked(Recipient::kAccepted, 1);
  const Action first = say(talk, "BDAT 5");
  EXPECT_EQ(first.kind, Kind::kTakeChunk);
  EXPECT_TRUE(first.begins);
  const Action second = say(talk, "BDAT 7 LAST");
  EXPECT_FALSE(second.begins);
  EXPECT_EQ(second.chunk.chunk_bytes, 7U);
  EXPECT_TRUE(second.chunk.last);
  EXPECT_EQ(say(talk, "BDAT x").kind, Kind::kClose);
}

TEST_F(Talk, TlsForgets) {
  Conversation talk(settings_, channel_);
  say(talk, "EHLO c.example");
  say(talk, "MAIL FROM:<s@c.example>");
  EXPECT_EQ(say(talk, "STARTTLS").kind, Kind::kStartTls);
  Channel tls;
  tls.tls = true;
  talk.tls_started(tls);
  EXPECT_EQ(talk.envelope().sender, "");
  EXPECT_EQ(talk.envelope().helo, "");
}

}  // namespace
}  // namespace restante::smtp
