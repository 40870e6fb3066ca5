#include "server/copies/copied_mail.h"

#include <gtest/gtest.h>

namespace restante::server {
namespace {

const std::vector<std::string> kNames{"alice@x.test", "alice.new@x.test"};

CopiedMail look(std::string_view mail) { return look_at_mail(mail, kNames); }

TEST(CopiedMail, KnowsItsSender) {
  const auto mail = look("Return-Path: <bob@y.test>\r\nDelivered-To: alice@x.test\r\n\r\nhi\r\n");
  EXPECT_EQ(mail.sender, "bob@y.test");
  EXPECT_EQ(mail.return_path, std::string_view("Return-Path: <bob@y.test>\r\n").size());
  EXPECT_EQ(mail.delivered_here, 1U);
  EXPECT_FALSE(mail.goes_round());
}

TEST(CopiedMail, TheNullSenderStaysNull) {
  EXPECT_EQ(look("Return-Path: <>\r\nSubject: x\r\n\r\n").sender, "");
  EXPECT_GT(look("Return-Path: <>\r\nSubject: x\r\n\r\n").return_path, 0U);
}

TEST(CopiedMail, AQuotedSenderIsPlain) {
  EXPECT_EQ(look("Return-Path: <\"a b\"@y.test>\r\n\r\n").sender, "a b@y.test");
}

TEST(CopiedMail, WithoutATraceThereIsNoSender) {
  const auto mail = look("Subject: x\r\nReturn-Path: <bob@y.test>\r\n\r\n");
  EXPECT_EQ(mail.sender, "");
  EXPECT_EQ(mail.return_path, 0U) << "one in the middle is the writer's";
}

TEST(CopiedMail, ASecondDeliveryHereIsALoop) {
  const auto mail = look(
      "Return-Path: <b@y.test>\r\nDelivered-To: alice@x.test\r\nReceived: a\r\n"
      "DELIVERED-TO:  Alice.New@X.test \r\nReceived: b\r\n\tfolded\r\n\r\n");
  EXPECT_EQ(mail.delivered_here, 2U);
  EXPECT_EQ(mail.received, 2U);
  EXPECT_TRUE(mail.goes_round());
}

TEST(CopiedMail, AnothersDeliveryIsNone) {
  EXPECT_EQ(look("Delivered-To: alice@x.test\r\nDelivered-To: list@y.test\r\n\r\n").delivered_here,
            1U);
}

TEST(CopiedMail, TooManyServersAreALoop) {
  std::string mail;
  for (int i = 0; i < 25; ++i) mail += "Received: from a\r\n\tby b\r\n";
  EXPECT_FALSE(look(mail + "\r\nReceived: in the body\r\n").goes_round());
  EXPECT_TRUE(look(mail + "received : x\r\nReceived: c\r\n\r\n").goes_round());
}

TEST(CopiedMail, AHeaderThatDoesNotEndIsLookedAtAsFarAsItGoes) {
  EXPECT_EQ(look("Return-Path: <b@y.test>\r\nDelivered-To: alice@x.test").delivered_here, 1U);
  EXPECT_EQ(look("").received, 0U);
}

}  // namespace
}  // namespace restante::server
