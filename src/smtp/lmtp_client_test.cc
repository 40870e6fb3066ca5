#include "smtp/lmtp_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

namespace restante::smtp {
namespace {

using Step = LmtpClient::Step;
using testing::HasSubstr;

constexpr std::string_view kHello = "250-old.example\r\n250-SIZE 1000\r\n250 8BITMIME\r\n";
constexpr std::string_view kMail = "MAIL FROM:<s@example.org> SIZE=7 BODY=8BITMIME\r\n";

LmtpRequest request(std::vector<std::string> recipients = {"a@example.test", "b@example.test"}) {
  LmtpRequest out;
  out.hostname = "mail.example.test";
  out.sender = "s@example.org";
  out.recipients = std::move(recipients);
  out.octets = 7;
  out.may_be_clear = true;
  return out;
}

class LmtpClientTest : public testing::Test {
 protected:
  void begin(LmtpRequest request) { client_.emplace(std::move(request)); }
  std::string hear(std::string_view bytes) {
    step_ = client_->advance(bytes);
    return std::exchange(client_->output(), {});
  }
  /// Up to the answer to MAIL.
  void begin_mail(LmtpRequest request) {
    begin(std::move(request));
    EXPECT_EQ(hear("220 old.example LMTP\r\n"), "LHLO mail.example.test\r\n");
    EXPECT_EQ(hear(kHello), kMail);
  }
  Delivery verdict(std::size_t i) { return client_->answers()[i].verdict; }

  std::optional<LmtpClient> client_;
  Step step_ = Step::kNeedInput;
};

TEST_F(LmtpClientTest, HasAnAnswerForEachRecipient) {
  begin_mail(request());
  EXPECT_EQ(hear("250 ok\r\n"), "RCPT TO:<a@example.test>\r\n");
  EXPECT_EQ(hear("250 ok\r\n"), "RCPT TO:<b@example.test>\r\n");
  EXPECT_EQ(hear("250 ok\r\n"), "DATA\r\n");
  EXPECT_EQ(hear("354 go\r\n"), "");
  EXPECT_EQ(step_, Step::kSendMessage);
  client_->message_sent();
  EXPECT_EQ(hear("250 2.0.0 a\r\n"), "");
  EXPECT_EQ(step_, Step::kNeedInput);
  EXPECT_EQ(hear("552 5.2.2 full\r\n"), "QUIT\r\n");
  EXPECT_EQ(step_, Step::kOver);
  EXPECT_EQ(verdict(0), Delivery::kDone);
  EXPECT_EQ(verdict(1), Delivery::kOverQuota);
}

TEST_F(LmtpClientTest, KnowsNothingOfWhatWasNotAnswered) {
  begin_mail(request());
  hear("250 ok\r\n");
  hear("250 ok\r\n");
  hear("250 ok\r\n");
  hear("354 go\r\n");
  client_->message_sent();
  hear("250 2.0.0 a\r\n");
  EXPECT_EQ(verdict(0), Delivery::kDone);
  EXPECT_EQ(verdict(1), Delivery::kTemporary);
}

TEST_F(LmtpClientTest, PassesOverRefusedRecipients) {
  begin_mail(request({"a@example.test", "b@example.test", "c@example.test"}));
  hear("250 ok\r\n");
  hear("550 5.1.1 nobody\r\n");
  hear("450 4.2.0 later\r\n");
  EXPECT_EQ(hear("250 ok\r\n"), "DATA\r\n");
  hear("354 go\r\n");
  client_->message_sent();
  hear("250 done\r\n");
  EXPECT_EQ(step_, Step::kOver);
  EXPECT_EQ(verdict(0), Delivery::kRefused);
  EXPECT_EQ(verdict(1), Delivery::kTemporary);
  EXPECT_EQ(verdict(2), Delivery::kDone);
  begin_mail(request());
  hear("250 ok\r\n");
  hear("550 5.1.1 nobody\r\n");
  EXPECT_EQ(hear("550 5.1.1 nobody\r\n"), "QUIT\r\n");
  EXPECT_EQ(step_, Step::kOver);
}

TEST_F(LmtpClientTest, SendsNothingInTheClear) {
  LmtpRequest far = request();
  far.may_be_clear = false;
  begin(std::move(far));
  hear("220 hi\r\n");
  EXPECT_EQ(hear(kHello), "");
  EXPECT_EQ(step_, Step::kOver);
  EXPECT_THAT(client_->trouble(), HasSubstr("STARTTLS"));
  EXPECT_EQ(verdict(0), Delivery::kTemporary);
}

TEST_F(LmtpClientTest, BeginsTlsAndForgetsWhatWasBefore) {
  LmtpRequest far = request();
  far.may_be_clear = false;
  begin(std::move(far));
  hear("220 hi\r\n");
  EXPECT_EQ(hear("250-old\r\n250-SIZE\r\n250 STARTTLS\r\n"), "STARTTLS\r\n");
  hear("220 go\r\n");
  EXPECT_EQ(step_, Step::kStartTls);
  client_->tls_started();
  EXPECT_EQ(std::exchange(client_->output(), {}), "LHLO mail.example.test\r\n");
  EXPECT_EQ(hear("250 old\r\n"), "MAIL FROM:<s@example.org>\r\n");
}

TEST_F(LmtpClientTest, StopsWhereItIsRefused) {
  for (const std::string_view greeting : {"421 busy\r\n", "554 no\r\n", "+OK POP3\r\n"}) {
    begin(request());
    hear(greeting);
    EXPECT_EQ(step_, Step::kOver) << greeting;
    EXPECT_EQ(verdict(0), Delivery::kTemporary) << greeting;
  }
  begin_mail(request());
  hear("552 5.3.4 too large\r\n");
  EXPECT_EQ(step_, Step::kOver);
  EXPECT_EQ(verdict(0), Delivery::kRefused);
  EXPECT_EQ(verdict(1), Delivery::kRefused);
}

TEST_F(LmtpClientTest, TakesNoOtherAnswerToDataForADelivery) {
  for (const std::string_view answer : {"250 what\r\n", "251 what\r\n", "451 later\r\n"}) {
    begin_mail(request());
    hear("250 ok\r\n");
    hear("250 ok\r\n");
    hear("250 ok\r\n");
    hear(answer);
    EXPECT_EQ(step_, Step::kOver);
    EXPECT_EQ(verdict(0), Delivery::kTemporary) << answer;
  }
}

TEST_F(LmtpClientTest, ClosedInTheMiddleIsLaterForTheRest) {
  begin_mail(request());
  hear("250 ok\r\n");
  hear("250 ok\r\n");
  hear("250 ok\r\n");
  hear("354 go\r\n");
  client_->message_sent();
  hear("250 a\r\n421 4.3.2 going down\r\n");
  EXPECT_EQ(step_, Step::kOver);
  EXPECT_EQ(verdict(0), Delivery::kDone);
  EXPECT_EQ(verdict(1), Delivery::kTemporary);
}

TEST_F(LmtpClientTest, NeedsSmtputf8ForWhatHasIt) {
  LmtpRequest utf8 = request();
  utf8.smtputf8 = true;
  begin(std::move(utf8));
  hear("220 hi\r\n");
  hear(kHello);
  EXPECT_EQ(step_, Step::kOver);
  EXPECT_EQ(verdict(0), Delivery::kRefused);
}

TEST_F(LmtpClientTest, SaysNothingThatEndsALine) {
  begin_mail(request({"a\r\nDATA@example.test"}));
  hear("250 ok\r\n");
  EXPECT_EQ(step_, Step::kOver);
}

TEST_F(LmtpClientTest, TakesItsAnswersCutAnywhere) {
  const std::string all =
      "220 hi\r\n" + std::string(kHello) + "250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n";
  for (std::size_t cut = 1; cut < all.size(); ++cut) {
    begin(request());
    std::string said = hear(std::string_view(all).substr(0, cut));
    said += hear(std::string_view(all).substr(cut));
    EXPECT_THAT(said, HasSubstr("DATA\r\n")) << cut;
    EXPECT_EQ(step_, Step::kSendMessage) << cut;
  }
}

TEST_F(LmtpClientTest, IsBounded) {
  begin(request());
  hear(std::string(5000, '2'));
  EXPECT_EQ(step_, Step::kOver);
}

}  // namespace
}  // namespace restante::smtp
