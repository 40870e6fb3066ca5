// The actions of a conversation; its replies are in tests/transcripts/smtp.
#include "smtp/conversation.h"

#include <gtest/gtest.h>

#include "smtp/command.h"

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
  EXPECT_TRUE(talk.recipient_checked(Recipient::kAccepted, 1));
  EXPECT_EQ(say(talk, "RCPT TO:<b@example.test>").kind, Kind::kNothing);
  EXPECT_EQ(say(talk, "DATA").kind, Kind::kTakeMessage);
  EXPECT_EQ(say(talk, "QUIT").kind, Kind::kClose);
}

TEST_F(Talk, CountsWhatIsSaid) {
  CommandCounts counts;
  channel_.counts = &counts;
  Conversation talk(settings_, channel_);
  for (const auto* line : {"EHLO c.example", "RCPT TO:<a@example.test>", "rcpt x", "HALLO"})
    say(talk, line);
  EXPECT_EQ(counts.of(Verb::kEhlo), 1U);
  EXPECT_EQ(counts.of(Verb::kRcpt), 2U) << "also where it is refused";
  EXPECT_EQ(counts.of(Verb::kUnknown), 1U);
}

TEST_F(Talk, TellsTheFirstChunk) {
  Conversation talk(settings_, channel_);
  EXPECT_EQ(say(talk, "BDAT 5 LAST").kind, Kind::kSkipChunk);
  for (const auto* line : {"EHLO c.example", "MAIL FROM:<>", "RCPT TO:<a@example.test>"})
    say(talk, line);
  EXPECT_TRUE(talk.recipient_checked(Recipient::kAccepted, 1));
  const Action first = say(talk, "BDAT 5");
  EXPECT_EQ(first.kind, Kind::kTakeChunk);
  EXPECT_TRUE(first.begins);
  const Action second = say(talk, "BDAT 7 LAST");
  EXPECT_FALSE(second.begins);
  EXPECT_EQ(second.chunk.chunk_bytes, 7U);
  EXPECT_TRUE(second.chunk.last);
  EXPECT_EQ(say(talk, "BDAT x").kind, Kind::kClose);
}

// For the log: each refusal once, with its command; not what only follows from it, nor what the
// driver itself has refused.
TEST_F(Talk, NotesWhatItRefuses) {
  Conversation talk(settings_, channel_);
  say(talk, "HELO");
  EXPECT_TRUE(talk.refusals().empty());
  say(talk, "MAIL FROM:<@>");
  say(talk, "RCPT TO:<a@example.test>");
  ASSERT_EQ(talk.refusals().size(), 1U);
  EXPECT_EQ(talk.refusals()[0].command, "MAIL FROM:<@>");
  EXPECT_EQ(talk.refusals()[0].reply, Reply::kBadSender);
  say(talk, "MAIL FROM:<s@c.example>");
  say(talk, "RCPT TO:<a@example.test>");
  EXPECT_TRUE(talk.recipient_checked(Recipient::kUnknown, 1));
  say(talk, "DATA");
  EXPECT_EQ(talk.refusals().size(), 1U);
  talk.message_failed(Failure::kLoop);
  ASSERT_EQ(talk.refusals().size(), 2U);
  EXPECT_EQ(talk.refusals()[1].command, "DATA");
  EXPECT_EQ(talk.refusals()[1].sender, "s@c.example");
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

/// A peer that is not trusted, and what it may do.
class Strangers : public Talk {
 protected:
  Strangers() {
    channel_.stranger = true;
    settings_.recipients_max = 100;
  }
  void begin(Conversation& talk) {
    EXPECT_EQ(say(talk, "EHLO c.example").kind, Kind::kNothing);
    EXPECT_EQ(say(talk, "MAIL FROM:<s@c.example>").kind, Kind::kNothing);
  }
  /// False: the session is over.
  bool try_recipient(Conversation& talk, Recipient verdict) {
    const Kind kind = say(talk, "RCPT TO:<a@example.test>").kind;
    return kind == Kind::kCheckRecipient ? talk.recipient_checked(verdict, 1)
                                         : kind != Kind::kClose;
  }
  /// How many of these recipients are answered before the session ends.
  int harvest(Conversation& talk, Recipient verdict, int wanted = 2000) {
    for (int i = 0; i < wanted; ++i)
      if (!try_recipient(talk, verdict)) return i;
    return wanted;
  }
  /// How many such lines are answered before the session ends.
  int repeat(Conversation& talk, std::string_view line, int wanted = 2000) {
    for (int i = 0; i < wanted; ++i)
      if (say(talk, line).kind == Kind::kClose) return i;
    return wanted;
  }
};

TEST_F(Strangers, HearOfTwentyUnknownRecipients) {
  for (const Recipient verdict :
       {Recipient::kUnknown, Recipient::kNotLocal, Recipient::kDisabled}) {
    Conversation talk(settings_, channel_);
    begin(talk);
    EXPECT_EQ(harvest(talk, verdict), 20);
    EXPECT_TRUE(talk.output().ends_with("421 4.7.0 Too many bad commands, closing\r\n"));
  }
}

TEST_F(Strangers, AreAnsweredLateFromTheTenthMistakeOn) {
  Conversation talk(settings_, channel_);
  begin(talk);
  for (int i = 0; i < 10; ++i) {
    EXPECT_TRUE(try_recipient(talk, Recipient::kUnknown));
    EXPECT_FALSE(talk.take_delay());
  }
  EXPECT_TRUE(try_recipient(talk, Recipient::kUnknown));
  EXPECT_TRUE(talk.take_delay());
  EXPECT_FALSE(talk.take_delay());
  say(talk, "NOOP");
  EXPECT_TRUE(talk.take_delay()) << "whatever they say";
}

TEST_F(Strangers, MayHaveManyRecipientsThatAreFullOrToComeAgain) {
  for (const Recipient verdict : {Recipient::kTemporary, Recipient::kOverQuota}) {
    Conversation talk(settings_, channel_);
    begin(talk);
    EXPECT_EQ(harvest(talk, verdict, 100), 100);
    EXPECT_EQ(harvest(talk, verdict), 1018) << "and not without end";
  }
}

TEST_F(Strangers, AreForgivenByADelivery) {
  Conversation talk(settings_, channel_);
  begin(talk);
  EXPECT_EQ(harvest(talk, Recipient::kUnknown, 15), 15);
  EXPECT_TRUE(try_recipient(talk, Recipient::kAccepted));
  talk.delivered({Delivery::kDone});
  EXPECT_EQ(say(talk, "MAIL FROM:<s@c.example>").kind, Kind::kNothing);
  EXPECT_EQ(harvest(talk, Recipient::kUnknown), 20);
}

TEST_F(Strangers, AreNotForgivenByMailThatWasNotDelivered) {
  Conversation talk(settings_, channel_);
  begin(talk);
  EXPECT_EQ(harvest(talk, Recipient::kUnknown, 15), 15);
  EXPECT_TRUE(try_recipient(talk, Recipient::kAccepted));
  talk.delivered({Delivery::kOverQuota});
  EXPECT_EQ(say(talk, "MAIL FROM:<s@c.example>").kind, Kind::kNothing);
  EXPECT_EQ(harvest(talk, Recipient::kUnknown), 5);
}

TEST_F(Strangers, MaySayWhatBringsNoMailOnAHundredTimes) {
  for (const char* line : {"NOOP", "RSET", "VRFY a", "HELP", "EHLO c.example", "HELO c.example",
                           "RCPT TO:<a@example.test>", "BDAT 0"}) {
    Conversation talk(settings_, channel_);
    EXPECT_EQ(say(talk, "EHLO c.example").kind, Kind::kNothing);
    EXPECT_EQ(repeat(talk, line), 119) << line;
  }
}

TEST_F(Strangers, MayBeginAMailAHundredTimesWithoutBringingIt) {
  Conversation talk(settings_, channel_);
  EXPECT_EQ(say(talk, "EHLO c.example").kind, Kind::kNothing);
  int begun = 0;
  while (say(talk, "MAIL FROM:<s@c.example>").kind == Kind::kNothing &&
         say(talk, "RSET").kind == Kind::kNothing)
    ++begun;
  EXPECT_EQ(begun, 59);
}

TEST_F(Strangers, MayHaveFewEmptyChunks) {
  Conversation talk(settings_, channel_);
  begin(talk);
  EXPECT_TRUE(try_recipient(talk, Recipient::kAccepted));
  int taken = 0;
  while (say(talk, "BDAT 0").kind == Kind::kTakeChunk) {
    talk.chunk_taken(Failure::kNone);
    ++taken;
  }
  EXPECT_EQ(taken, 118);
}

TEST_F(Strangers, AreHeldToTheSameMistakesInsideTls) {
  Conversation talk(settings_, channel_);
  begin(talk);
  EXPECT_EQ(harvest(talk, Recipient::kUnknown, 15), 15);
  Channel inside = channel_;
  inside.tls = true;
  talk.tls_started(inside);
  begin(talk);
  EXPECT_EQ(harvest(talk, Recipient::kUnknown), 5);
}

TEST_F(Strangers, OfAnLmtpListenerMayHaveManyUnknownRecipients) {
  settings_.dialect = Dialect::kLmtp;
  Conversation talk(settings_, channel_);
  EXPECT_EQ(say(talk, "LHLO c.example").kind, Kind::kNothing);
  EXPECT_EQ(say(talk, "MAIL FROM:<s@c.example>").kind, Kind::kNothing);
  EXPECT_EQ(harvest(talk, Recipient::kUnknown), 2000);
  EXPECT_FALSE(talk.take_delay());
}

TEST_F(Strangers, AreNotThoseOfATrustedNetwork) {
  channel_.stranger = false;
  Conversation talk(settings_, channel_);
  begin(talk);
  EXPECT_EQ(harvest(talk, Recipient::kUnknown), 2000);
  EXPECT_EQ(repeat(talk, "NOOP"), 2000);
  EXPECT_FALSE(talk.take_delay());
}

}  // namespace
}  // namespace restante::smtp
