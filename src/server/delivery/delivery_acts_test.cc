#include "server/delivery/delivery_acts.h"

#include <gtest/gtest.h>

namespace restante::server {
namespace {

class DeliveryActs : public ::testing::Test {
 protected:
  DeliveryActs() {
    notes_.peer = "192.0.2.1";
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

TEST_F(DeliveryActs, SayWhereAMessageIsAndHowItIsCalled) {
  const auto acts = delivery_acts(notes_, {{"a+t@x.test", {"a"}}}, {copy("a", {0})});
  ASSERT_EQ(acts.size(), 1U);
  journal::Act expected;
  expected.kind = journal::Kind::kDelivered;
  expected.account = "a";
  expected.recipient = "a+t@x.test";
  expected.from = "192.0.2.1";
  expected.session = "5e.1";
  expected.uid = "uid-a";
  expected.octets = 7;
  expected.message_id = "<m@example.org>";
  expected.queue_id = "4f2A";
  EXPECT_EQ(acts.front(), expected);
}

TEST_F(DeliveryActs, ATrustedMtasIdGoesBeforeAStrangers) {
  envelope_.forwarded.emplace();
  envelope_.forwarded->ident = "4f2B";
  const auto acts = delivery_acts(notes_, {{"a@x.test", {"a"}}}, {copy("a", {0})});
  EXPECT_EQ(acts.front().queue_id, "4f2B");
}

TEST_F(DeliveryActs, AUidThatThePeerGaveIsToldApart) {
  envelope_.uid = "uid-a";
  Copy made = copy("a", {0});
  EXPECT_EQ(delivery_acts(notes_, {{"a@x.test", {"a"}}}, {made}).front().detail, "XUID");
  made.was_there = true;
  EXPECT_EQ(delivery_acts(notes_, {{"a@x.test", {"a"}}}, {made}).front().detail,
            "XUID: was there, nothing stored");
}

TEST_F(DeliveryActs, ARefusedCopyHasItsReason) {
  Copy failed = copy("c", {1});
  failed.verdict = smtp::Delivery::kOverQuota;
  failed.failures = {"c: full"};
  const auto acts =
      delivery_acts(notes_, {{"a@x.test", {"a"}}, {"c@x.test", {"c"}}}, {copy("a", {0}), failed});
  ASSERT_EQ(acts.size(), 2U);
  EXPECT_EQ(acts[1].kind, journal::Kind::kNotDelivered);
  EXPECT_EQ(acts[1].detail, "c: full");
}

TEST_F(DeliveryActs, TheArchivesCopyIsOneActForAllRecipients) {
  Copy archived = copy("archive", {});
  journal::Act act = archive_act(notes_, archived);
  EXPECT_EQ(act.kind, journal::Kind::kDelivered);
  EXPECT_EQ(act.account, "archive");
  EXPECT_EQ(act.uid, "uid-archive");
  EXPECT_EQ(act.recipient, "");
  EXPECT_EQ(act.detail, "archive");
  archived.verdict = smtp::Delivery::kTemporary;
  archived.failures = {"archive: full"};
  act = archive_act(notes_, archived);
  EXPECT_EQ(act.kind, journal::Kind::kNotDelivered);
  EXPECT_EQ(act.detail, "archive: full");
}

}  // namespace
}  // namespace restante::server
