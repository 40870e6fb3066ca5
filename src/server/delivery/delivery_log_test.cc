#include "server/delivery/delivery_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace restante::server {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class DeliveryLog : public ::testing::Test {
 protected:
  DeliveryLog() {
    envelope_.sender = "s@example.org";
    notes_.peer = "unix:peer";
    notes_.ids.message_id = "<m@example.org>";
    notes_.ids.received_id = "4f2A";
  }
  static Copy copy(const std::string& account, std::vector<std::size_t> routes) {
    Copy made(account);
    made.routes = std::move(routes);
    made.verdict = smtp::Delivery::kDone;
    made.uid = "uid-" + account;
    made.octets = 7;
    return made;
  }

  smtp::Envelope envelope_;
  MailNotes notes_{"lmtp", "5e.1", envelope_};
};

TEST_F(DeliveryLog, OneCopyIsOneLine) {
  EXPECT_THAT(delivery_lines(notes_, {{"a+t@x.test", {"a"}}}, {copy("a", {0})}),
              ElementsAre("lmtp mail=5e.1 peer=unix:peer from=s@example.org recipients=1 "
                          "delivered=1 failed=0 recipient=a+t@x.test account=a uid=uid-a octets=7 "
                          "message_id=<m@example.org> queue_id=\"4f2A\""));
}

TEST_F(DeliveryLog, AUidThatThePeerGaveIsToldApart) {
  envelope_.uid = "uid-a";
  Copy made = copy("a", {0});
  EXPECT_THAT(delivery_lines(notes_, {{"a@x.test", {"a"}}}, {made})[0],
              HasSubstr(" uid=uid-a octets=7 xuid=new message_id="));
  made.was_there = true;
  made.octets = 0;
  EXPECT_THAT(delivery_lines(notes_, {{"a@x.test", {"a"}}}, {made})[0],
              HasSubstr(" uid=uid-a octets=0 xuid=known message_id="));
}

TEST_F(DeliveryLog, ATrustedMtasNameGoesBeforeAStrangers) {
  envelope_.forwarded.emplace();
  envelope_.forwarded->ident = "4f2B";
  envelope_.forwarded->address = "192.0.2.1";
  const auto lines = delivery_lines(notes_, {{"a@x.test", {"a"}}}, {copy("a", {0})});
  EXPECT_THAT(lines[0], HasSubstr(" queue_id=4f2B client=192.0.2.1"));
}

TEST_F(DeliveryLog, WhatStrangersWriteForgesNoKey) {
  notes_.ids.received_id = "x y=\"z\n";
  notes_.ids.message_id = "<a> uid=1";
  const auto lines = delivery_lines(notes_, {{"a@x.test", {"a"}}}, {copy("a", {0})});
  EXPECT_THAT(lines[0], HasSubstr(" queue_id=\"x y=\\x22z\\x0a\""));
  EXPECT_THAT(lines[0], HasSubstr(" message_id=\"<a> uid=1\""));
}

TEST_F(DeliveryLog, SeveralHaveALineEach) {
  notes_.ids = {};
  Copy failed("c");
  failed.routes = {2};
  failed.failures = {"c: full"};
  const auto lines =
      delivery_lines(notes_, {{"a@x.test", {"a"}}, {"b@x.test", {"a"}}, {"c@x.test", {"c"}}},
                     {copy("a", {0, 1}), failed});
  EXPECT_THAT(
      lines,
      ElementsAre("lmtp mail=5e.1 peer=unix:peer from=s@example.org recipients=3 delivered=1 "
                  "failed=1 message_id=- queue_id=-",
                  "lmtp mail=5e.1 recipient=a@x.test account=a uid=uid-a octets=7 message_id=- "
                  "queue_id=-",
                  "lmtp mail=5e.1 recipient=b@x.test account=a uid=uid-a octets=7 message_id=- "
                  "queue_id=-"));
}

}  // namespace
}  // namespace restante::server
