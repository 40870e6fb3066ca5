#include "smtp/mail_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

namespace restante::smtp {
namespace {

using Step = MailClient::Step;
using Tls = MailHost::Tls;
using Kind = MailAnswer::Kind;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view kHello = "250-old.example\r\n250-SIZE 1000\r\n250 8BITMIME\r\n";
constexpr std::string_view kMail = "MAIL FROM:<s@example.org> SIZE=7 BODY=8BITMIME\r\n";

MailHost host(Dialect dialect = Dialect::kLmtp, Tls tls = Tls::kIfOffered) {
  MailHost out;
  out.dialect = dialect;
  out.hostname = "mail.example.test";
  out.tls = tls;
  return out;
}

MailRequest request(std::vector<std::string> recipients = {"a@example.test", "b@example.test"}) {
  MailRequest out;
  out.sender = "s@example.org";
  out.recipients = std::move(recipients);
  out.octets = 7;
  return out;
}

class MailClientTest : public testing::Test {
 protected:
  std::string hear(std::string_view bytes) {
    step_ = client_->advance(bytes);
    return std::exchange(client_->output(), {});
  }
  std::string offer(MailRequest mail) {
    client_->next(std::move(mail));
    return hear("");
  }
  /// Up to the first mail.
  void greet(const MailHost& host, std::string_view hello = kHello) {
    client_.emplace(host);
    const bool is_lmtp = host.dialect == Dialect::kLmtp;
    EXPECT_EQ(hear("220 old.example\r\n"),
              is_lmtp ? "LHLO mail.example.test\r\n" : "EHLO mail.example.test\r\n");
    EXPECT_EQ(hear(hello), "");
    EXPECT_EQ(step_, Step::kReady);
  }
  /// Up to the answer to MAIL.
  void begin_mail(MailRequest mail, Dialect dialect = Dialect::kLmtp) {
    greet(host(dialect));
    EXPECT_EQ(offer(std::move(mail)), kMail);
  }
  /// Up to the end of the message.
  void send_mail(MailRequest mail, Dialect dialect = Dialect::kLmtp) {
    const std::size_t count = mail.recipients.size();
    begin_mail(std::move(mail), dialect);
    for (std::size_t i = 0; i <= count; ++i) hear("250 ok\r\n");
    hear("354 go\r\n");
    EXPECT_EQ(step_, Step::kSendMessage);
    client_->message_sent();
  }
  std::vector<Kind> kinds() {
    std::vector<Kind> out;
    for (const MailAnswer& answer : client_->answers()) out.push_back(answer.kind);
    return out;
  }
  std::string told(std::size_t i = 0) { return to_text(client_->answers()[i]); }

  std::optional<MailClient> client_;
  Step step_ = Step::kNeedInput;
};

TEST_F(MailClientTest, LmtpHasAnAnswerForEachRecipient) {
  begin_mail(request());
  EXPECT_EQ(hear("250 ok\r\n"), "RCPT TO:<a@example.test>\r\n");
  EXPECT_EQ(hear("250 ok\r\n"), "RCPT TO:<b@example.test>\r\n");
  EXPECT_EQ(hear("250 ok\r\n"), "DATA\r\n");
  EXPECT_EQ(hear("354 go\r\n"), "");
  EXPECT_EQ(step_, Step::kSendMessage);
  client_->message_sent();
  EXPECT_EQ(hear("250 2.0.0 a\r\n"), "");
  EXPECT_EQ(step_, Step::kNeedInput);
  EXPECT_EQ(hear("552 5.2.2 full\r\n"), "");
  EXPECT_EQ(step_, Step::kReady);
  EXPECT_THAT(kinds(), ElementsAre(Kind::kTaken, Kind::kRefused));
  EXPECT_EQ(told(0), "the message: 250 2.0.0 a");
  EXPECT_EQ(told(1), "the message: 552 5.2.2 full");
  client_->quit();
  EXPECT_EQ(hear(""), "QUIT\r\n");
  EXPECT_EQ(step_, Step::kNeedInput);
  hear("221 bye\r\n");
  EXPECT_EQ(step_, Step::kOver);
  EXPECT_EQ(client_->trouble(), "");
}

TEST_F(MailClientTest, SmtpHasOneAnswerForAll) {
  for (const auto& [answer, kind] : {std::pair{"250 ok\r\n", Kind::kTaken},
                                     {"451 later\r\n", Kind::kLater},
                                     {"554 never\r\n", Kind::kRefused}}) {
    send_mail(request(), Dialect::kSmtp);
    hear(answer);
    EXPECT_EQ(step_, Step::kReady) << answer;
    EXPECT_THAT(kinds(), ElementsAre(kind, kind)) << answer;
  }
}

TEST_F(MailClientTest, OneConnectionTakesManyMails) {
  for (const Dialect dialect : {Dialect::kLmtp, Dialect::kSmtp}) {
    send_mail(request({"a@example.test"}), dialect);
    hear("250 first\r\n");
    for (int i = 0; i < 3; ++i) {
      MailRequest mail = request({"c@example.test"});
      mail.sender.clear();
      mail.octets = 9;
      EXPECT_EQ(offer(std::move(mail)), "MAIL FROM:<> SIZE=9 BODY=8BITMIME\r\n");
      EXPECT_EQ(hear("250 ok\r\n"), "RCPT TO:<c@example.test>\r\n");
      EXPECT_EQ(hear("250 ok\r\n"), "DATA\r\n");
      hear("354 go\r\n");
      client_->message_sent();
      hear("451 not now\r\n");  // Of a message: there is nothing to reset.
      EXPECT_EQ(step_, Step::kReady);
      EXPECT_THAT(kinds(), ElementsAre(Kind::kLater));
    }
  }
}

TEST_F(MailClientTest, ARefusedEnvelopeIsReset) {
  // The mails' answers up to their refusal.
  const std::vector<std::vector<std::string_view>> refusals = {
      {"552 5.3.4 too large\r\n"},
      {"250 ok\r\n", "550 nobody\r\n"},
      {"250 ok\r\n", "250 ok\r\n", "554 no\r\n"}};
  for (const auto& answers : refusals) {
    begin_mail(request({"a@example.test"}));
    for (const std::string_view answer : answers) hear(answer);
    EXPECT_EQ(step_, Step::kReady);
    EXPECT_THAT(kinds(), ElementsAre(Kind::kRefused));
    EXPECT_EQ(offer(request({"b@example.test"})), "RSET\r\n");
    EXPECT_EQ(hear("250 ok\r\n"), kMail);
    EXPECT_EQ(hear("250 ok\r\n"), "RCPT TO:<b@example.test>\r\n");
    EXPECT_THAT(kinds(), ElementsAre(Kind::kDown)) << "the answers of the last mail";
    hear("450 4.2.0 later\r\n");
    EXPECT_THAT(kinds(), ElementsAre(Kind::kLater));
  }
}

TEST_F(MailClientTest, ARefusedResetIsTheEnd) {
  begin_mail(request());
  hear("552 5.3.4 too large\r\n");
  offer(request());
  hear("500 what\r\n");
  EXPECT_EQ(step_, Step::kOver);
  EXPECT_THAT(kinds(), ElementsAre(Kind::kDown, Kind::kDown));
  EXPECT_EQ(told(), "RSET: 500 what");
}

TEST_F(MailClientTest, PassesOverRefusedRecipients) {
  begin_mail(request({"a@example.test", "b@example.test", "c@example.test"}));
  hear("250 ok\r\n");
  hear("550 5.1.1 nobody\r\n");
  hear("450 4.2.0 later\r\n");
  EXPECT_EQ(hear("250 ok\r\n"), "DATA\r\n");
  hear("354 go\r\n");
  client_->message_sent();
  hear("250 done\r\n");
  EXPECT_EQ(step_, Step::kReady);
  EXPECT_THAT(kinds(), ElementsAre(Kind::kRefused, Kind::kLater, Kind::kTaken));
  EXPECT_EQ(told(0), "RCPT TO:<a@example.test>: 550 5.1.1 nobody");
}

// ---- The hello and TLS ----

TEST_F(MailClientTest, SmtpServersOfOldKnowHeloAlone) {
  for (const std::string_view refusal : {"500 what\r\n", "502 no\r\n", "504 no\r\n"}) {
    client_.emplace(host(Dialect::kSmtp));
    hear("220 old\r\n");
    EXPECT_EQ(hear(refusal), "HELO mail.example.test\r\n");
    EXPECT_EQ(hear("250-old\r\n250 SIZE 10\r\n"), "");
    EXPECT_EQ(step_, Step::kReady);
    EXPECT_EQ(offer(request()), "MAIL FROM:<s@example.org>\r\n");
  }
  client_.emplace(host(Dialect::kSmtp));
  hear("220 old\r\n");
  hear("500 what\r\n");
  hear("554 nor this\r\n");
  EXPECT_EQ(step_, Step::kOver);
  EXPECT_EQ(client_->trouble(), "HELO mail.example.test: 554 nor this");
}

TEST_F(MailClientTest, ThereIsNoHeloWhereItCouldNotBe) {
  for (const MailHost& host : {host(Dialect::kLmtp), host(Dialect::kSmtp, Tls::kNeeded)}) {
    client_.emplace(host);
    hear("220 old\r\n");
    EXPECT_EQ(hear("500 what\r\n"), "");
    EXPECT_EQ(step_, Step::kOver);
    EXPECT_THAT(client_->trouble(), HasSubstr("LO mail.example.test: 500 what"));
  }
  client_.emplace(host(Dialect::kSmtp));
  hear("220 old\r\n");
  EXPECT_EQ(hear("450 later\r\n"), "") << "for now";
  EXPECT_EQ(step_, Step::kOver);
}

TEST_F(MailClientTest, SendsNothingInTheClear) {
  for (const Dialect dialect : {Dialect::kLmtp, Dialect::kSmtp}) {
    client_.emplace(host(dialect, Tls::kNeeded));
    hear("220 hi\r\n");
    EXPECT_EQ(hear(kHello), "");
    EXPECT_EQ(step_, Step::kOver);
    EXPECT_EQ(client_->trouble(), "it offers no STARTTLS, and nothing goes there in the clear");
    EXPECT_THAT(kinds(), IsEmpty());
  }
}

TEST_F(MailClientTest, BeginsTlsAndForgetsWhatWasBefore) {
  for (const Tls tls : {Tls::kNeeded, Tls::kIfOffered}) {
    client_.emplace(host(Dialect::kSmtp, tls));
    hear("220 hi\r\n");
    EXPECT_EQ(hear("250-old\r\n250-SIZE\r\n250 STARTTLS\r\n"), "STARTTLS\r\n");
    hear("220 go\r\n");
    EXPECT_EQ(step_, Step::kStartTls);
    client_->tls_started();
    EXPECT_EQ(hear(""), "EHLO mail.example.test\r\n");
    // Also without the one that is still offered by mistake.
    EXPECT_EQ(hear("250-old\r\n250 STARTTLS\r\n"), "");
    EXPECT_EQ(step_, Step::kReady);
    EXPECT_EQ(offer(request()), "MAIL FROM:<s@example.org>\r\n");
  }
}

TEST_F(MailClientTest, TlsThatIsNotOursIsNotBegun) {
  client_.emplace(host(Dialect::kSmtp, Tls::kNever));
  hear("220 hi\r\n");
  hear("250-old\r\n250 STARTTLS\r\n");
  EXPECT_EQ(step_, Step::kReady);
}

TEST_F(MailClientTest, RefusedTlsIsTheEnd) {
  client_.emplace(host());
  hear("220 hi\r\n");
  hear("250-old\r\n250 STARTTLS\r\n");
  hear("454 4.7.0 no key\r\n");
  EXPECT_EQ(step_, Step::kOver);
  EXPECT_EQ(client_->trouble(), "STARTTLS: 454 4.7.0 no key");
}

TEST_F(MailClientTest, TheServersNameIsNoExtension) {
  client_.emplace(host());
  hear("220 hi\r\n");
  EXPECT_EQ(hear("250 STARTTLS\r\n"), "");
  EXPECT_EQ(step_, Step::kReady);
}

TEST_F(MailClientTest, BeginsWithTheMailWhereAnotherHasGreeted) {
  MailHost greeted = host(Dialect::kSmtp);
  greeted.is_greeted = true;
  client_.emplace(greeted);
  EXPECT_EQ(hear(""), "");
  EXPECT_EQ(step_, Step::kReady);
  EXPECT_EQ(offer(request({"j\xc3\xbcrgen@example.test"})),
            "MAIL FROM:<s@example.org> SMTPUTF8\r\n");
  hear("555 5.5.4 not here\r\n");
  EXPECT_THAT(kinds(), ElementsAre(Kind::kRefused));
  EXPECT_EQ(offer(request()), "RSET\r\n");
  EXPECT_EQ(hear("250 ok\r\n"), "MAIL FROM:<s@example.org>\r\n");
}

TEST_F(MailClientTest, StopsWhereItIsNotLetIn) {
  for (const std::string_view greeting : {"421 busy\r\n", "554 no\r\n", "+OK POP3\r\n"}) {
    client_.emplace(host());
    hear(greeting);
    EXPECT_EQ(step_, Step::kOver) << greeting;
    EXPECT_NE(client_->trouble(), "") << greeting;
  }
  client_.emplace(host());
  hear("554-not\r\n554 you\r\n");
  EXPECT_EQ(client_->trouble(), "greeting: 554 not you");
}

// ---- What is not clear ----

TEST_F(MailClientTest, WhatWasSentAndNotAnsweredMayHaveArrived) {
  send_mail(request());
  EXPECT_EQ(client_->awaited(), "the end of the message");
  hear("250 2.0.0 a\r\n");
  EXPECT_THAT(kinds(), ElementsAre(Kind::kTaken, Kind::kUnanswered));
  client_->lost("the connection is closed");
  hear("");
  EXPECT_EQ(step_, Step::kOver);
  EXPECT_THAT(kinds(), ElementsAre(Kind::kTaken, Kind::kUnanswered));
  EXPECT_EQ(told(1), "the connection is closed");
}

TEST_F(MailClientTest, WhatWasNotSentWasNotOffered) {
  const std::vector<std::string_view> answers = {"250 ok\r\n", "250 ok\r\n", "250 ok\r\n",
                                                 "354 go\r\n"};
  for (std::size_t count = 0; count < answers.size(); ++count) {
    begin_mail(request());
    for (std::size_t i = 0; i < count; ++i) hear(answers[i]);
    client_->lost("silence");
    EXPECT_THAT(kinds(), ElementsAre(Kind::kDown, Kind::kDown)) << count;
    EXPECT_EQ(told(), "silence");
  }
}

TEST_F(MailClientTest, A421BeforeTheMessageSaysNothingOfIt) {
  const std::vector<std::string_view> answers = {"250 ok\r\n", "250 ok\r\n", "250 ok\r\n"};
  for (std::size_t count = 0; count <= answers.size(); ++count) {
    begin_mail(request());
    for (std::size_t i = 0; i < count; ++i) hear(answers[i]);
    hear("421 4.3.2 going down\r\n");
    EXPECT_EQ(step_, Step::kOver);
    EXPECT_THAT(kinds(), ElementsAre(Kind::kDown, Kind::kDown)) << count;
    EXPECT_THAT(told(), HasSubstr(": 421 4.3.2 going down"));
  }
}

TEST_F(MailClientTest, A421AfterTheMessageIsAnAnswerForTheRest) {
  send_mail(request());
  hear("250 a\r\n421 4.3.2 going down\r\n");
  EXPECT_EQ(step_, Step::kOver);
  EXPECT_THAT(kinds(), ElementsAre(Kind::kTaken, Kind::kLater));
  EXPECT_EQ(told(1), "the message: 421 4.3.2 going down");
}

TEST_F(MailClientTest, WhatCouldNotBeSentIsForLater) {
  const auto cut = [this](std::string_view last_words) {
    begin_mail(request({"a@example.test"}));
    for (const std::string_view answer : {"250 ok\r\n", "250 ok\r\n", "354 go\r\n"}) hear(answer);
    client_->message_cut("broken pipe");
    hear(last_words);
  };
  cut("");
  client_->lost("nothing more came");
  EXPECT_THAT(kinds(), ElementsAre(Kind::kLater));
  EXPECT_EQ(told(), "broken pipe");
  cut("552 too large\r\n");
  EXPECT_EQ(step_, Step::kOver);
  EXPECT_THAT(kinds(), ElementsAre(Kind::kRefused));
  EXPECT_EQ(told(), "the message: 552 too large");
  cut("421 too slow\r\n");
  EXPECT_THAT(kinds(), ElementsAre(Kind::kLater));
  EXPECT_EQ(told(), "the message: 421 too slow");
  cut("250 taken\r\n");
  EXPECT_EQ(step_, Step::kOver);
  EXPECT_THAT(kinds(), ElementsAre(Kind::kLater)) << "half a message";
}

TEST_F(MailClientTest, TakesNoOtherAnswerToDataForADelivery) {
  for (const std::string_view answer : {"250 what\r\n", "251 what\r\n", "334 what\r\n"}) {
    begin_mail(request({"a@example.test"}));
    hear("250 ok\r\n");
    hear("250 ok\r\n");
    hear(answer);
    EXPECT_EQ(step_, Step::kOver);
    EXPECT_THAT(kinds(), ElementsAre(Kind::kDown)) << answer;
  }
}

TEST_F(MailClientTest, AnAnswerThatIsNoVerdictEndsTheConnection) {
  begin_mail(request({"a@example.test"}));
  hear("354 go\r\n");
  EXPECT_EQ(step_, Step::kOver);
  EXPECT_THAT(kinds(), ElementsAre(Kind::kDown));
  send_mail(request({"a@example.test"}));
  hear("354 go\r\n");
  EXPECT_EQ(step_, Step::kOver);
  EXPECT_THAT(kinds(), ElementsAre(Kind::kUnanswered));
}

// ---- What the server has to offer ----

TEST_F(MailClientTest, AMailThatNeedsSmtputf8IsRefusedWithoutIt) {
  greet(host());
  MailRequest asked = request();
  asked.smtputf8 = true;
  MailRequest needed = request({"j\xc3\xbcrgen@example.test"});
  MailRequest sender = request();
  sender.sender = "j\xc3\xbcrgen@example.test";
  for (const MailRequest& mail : {asked, needed, sender}) {
    EXPECT_EQ(offer(mail), "");
    EXPECT_EQ(step_, Step::kReady);
    for (const MailAnswer& answer : client_->answers()) {
      EXPECT_EQ(answer.kind, Kind::kRefused);
      EXPECT_THAT(to_text(answer), HasSubstr("SMTPUTF8"));
    }
  }
  EXPECT_EQ(offer(request()), kMail) << "and the connection is as it was";
}

TEST_F(MailClientTest, SaysSmtputf8WhereItIsOffered) {
  greet(host(), "250-old\r\n250-smtputf8\r\n250 SIZE\r\n");
  EXPECT_EQ(offer(request({"j\xc3\xbcrgen@example.test"})),
            "MAIL FROM:<s@example.org> SIZE=7 SMTPUTF8\r\n");
  EXPECT_EQ(hear("250 ok\r\n"), "RCPT TO:<j\xc3\xbcrgen@example.test>\r\n");
}

TEST_F(MailClientTest, AsksForAUniqueIdInXtext) {
  greet(host(), "250-old\r\n250 XUID\r\n");
  MailRequest mail = request({"a@example.test"});
  mail.keep_uid = "0123+ab=c";
  offer(mail);
  EXPECT_EQ(hear("250 ok\r\n"), "RCPT TO:<a@example.test> XUID=0123+2Bab+3Dc\r\n");
  hear("501 5.5.4 no\r\n");
  EXPECT_EQ(told(), "RCPT TO:<a@example.test>: 501 5.5.4 no");
}

TEST_F(MailClientTest, AUniqueIdThatIsNotOfferedKeepsTheMailHere) {
  greet(host(), "250-old\r\n250 XUIDS\r\n");
  MailRequest mail = request({"a@example.test"});
  mail.keep_uid = "1";
  EXPECT_EQ(offer(mail), "");
  EXPECT_EQ(step_, Step::kReady);
  EXPECT_THAT(kinds(), ElementsAre(Kind::kDown));
  EXPECT_THAT(told(), HasSubstr("XUID"));
}

TEST_F(MailClientTest, SaysNothingThatEndsALine) {
  greet(host());
  MailRequest sender = request();
  sender.sender = "a\nb@example.test";
  for (const MailRequest& mail : {request({"a\r\nDATA@example.test"}), sender}) {
    EXPECT_EQ(offer(mail), "");
    EXPECT_EQ(step_, Step::kReady);
    EXPECT_EQ(kinds().front(), Kind::kRefused);
  }
}

TEST_F(MailClientTest, AddressesAreQuotedWhereTheyMustBe) {
  greet(host(), "250 old\r\n");
  MailRequest mail = request({"a b@example.test"});
  mail.sender = "x>y@example.test";
  EXPECT_EQ(offer(mail), "MAIL FROM:<\"x>y\"@example.test>\r\n");
  EXPECT_EQ(hear("250 ok\r\n"), "RCPT TO:<\"a b\"@example.test>\r\n");
}

TEST_F(MailClientTest, TakesItsAnswersCutAnywhere) {
  const std::string hello = "220 hi\r\n" + std::string(kHello);
  const std::string envelope = "250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n";
  for (std::size_t cut = 1; cut < hello.size(); ++cut) {
    client_.emplace(host());
    hear(std::string_view(hello).substr(0, cut));
    hear(std::string_view(hello).substr(cut));
    EXPECT_EQ(step_, Step::kReady) << cut;
    std::string said = offer(request());
    const std::size_t at = std::min(cut, envelope.size());
    said += hear(std::string_view(envelope).substr(0, at));
    said += hear(std::string_view(envelope).substr(at));
    EXPECT_THAT(said, HasSubstr("DATA\r\n")) << cut;
    EXPECT_EQ(step_, Step::kSendMessage) << cut;
  }
}

TEST_F(MailClientTest, WaitsAsLongAsTheStandardSays) {
  begin_mail(request({"a@example.test"}));
  EXPECT_EQ(client_->patience(), std::chrono::minutes(5));
  hear("250 ok\r\n");
  hear("250 ok\r\n");
  EXPECT_EQ(client_->patience(), std::chrono::minutes(2));
  hear("354 go\r\n");
  client_->message_sent();
  EXPECT_EQ(client_->patience(), std::chrono::minutes(10));
}

TEST_F(MailClientTest, IsBounded) {
  client_.emplace(host());
  hear(std::string(5000, '2'));
  EXPECT_EQ(step_, Step::kOver);
}

TEST(ToDelivery, IsWhatOurOwnSenderHears) {
  const auto delivery = [](Kind kind, const char* said) {
    MailAnswer answer;
    answer.kind = kind;
    answer.said = said;
    return to_delivery(answer);
  };
  EXPECT_EQ(delivery(Kind::kTaken, "250 ok"), Delivery::kDone);
  EXPECT_EQ(delivery(Kind::kRefused, "552 5.2.2 full"), Delivery::kOverQuota);
  EXPECT_EQ(delivery(Kind::kRefused, "554 5.4.6 loop"), Delivery::kLoop);
  EXPECT_EQ(delivery(Kind::kRefused, "550 5.1.1 nobody"), Delivery::kRefused);
  EXPECT_EQ(delivery(Kind::kRefused, "550"), Delivery::kRefused);
  for (const Kind kind : {Kind::kDown, Kind::kLater, Kind::kUnanswered})
    EXPECT_EQ(delivery(kind, "552 5.2.2 full"), Delivery::kTemporary);
}

}  // namespace
}  // namespace restante::smtp
