#include "smtp/transaction.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace restante::smtp {
namespace {

using enum Delivery;
using testing::ElementsAre;

// 250 only when everybody has it; temporary before permanent, so that a retry can still help.
TEST(SingleReply, TheWorstVerdictSpeaks) {
  struct Case {
    std::vector<Outcome> outcomes;
    Reply reply;
  };
  for (const Case& c : {
           Case{{kDone}, Reply::kDelivered},
           Case{{kDone, kDone}, Reply::kDelivered},
           Case{{kOverQuota}, Reply::kOverQuota},
           Case{{kOverQuota, kOverQuota}, Reply::kOverQuota},
           Case{{kDone, kOverQuota}, Reply::kPartlyOverQuota},
           Case{{kOverQuota, kDiskFull, kDone}, Reply::kDiskFull},
           Case{{kDiskFull, kTemporary, kOverQuota}, Reply::kTemporary},
           Case{{kDone, kTemporary}, Reply::kTemporary},
       })
    EXPECT_EQ(to_single_reply(c.outcomes), c.reply);
}

TEST(ProtocolName, IsTheRegisteredOne) {
  using enum Dialect;
  EXPECT_EQ(protocol_name(kSmtp, false, false, false), "SMTP");
  EXPECT_EQ(protocol_name(kSmtp, true, false, false), "ESMTP");
  EXPECT_EQ(protocol_name(kSmtp, true, true, false), "ESMTPS");
  EXPECT_EQ(protocol_name(kSmtp, true, false, true), "UTF8SMTP");
  EXPECT_EQ(protocol_name(kSmtp, true, true, true), "UTF8SMTPS");
  EXPECT_EQ(protocol_name(kLmtp, true, false, false), "LMTP");
  EXPECT_EQ(protocol_name(kLmtp, true, true, false), "LMTPS");
  EXPECT_EQ(protocol_name(kLmtp, true, false, true), "UTF8LMTP");
  EXPECT_EQ(protocol_name(kLmtp, true, true, true), "UTF8LMTPS");
}

TEST(Transaction, DeliversOnceAndAnswersEach) {
  Transaction mail;
  mail.begin(*parse_mail("FROM:<\"s s\"@client.example> SIZE=7", mail::Grammar::kStrict));
  for (const char* name : {"a@example.test", "b@example.test", "a@EXAMPLE.test", "A@example.test"})
    mail.add(name, 2);
  EXPECT_EQ(mail.accepted(), 4U);
  EXPECT_EQ(mail.declared_bytes(), 7U);
  EXPECT_EQ(mail.envelope().sender, "s s@client.example");
  EXPECT_THAT(mail.envelope().recipients,
              ElementsAre("a@example.test", "b@example.test", "A@example.test"));
  const std::string done(text(Reply::kDelivered));
  const std::string full(text(Reply::kOverQuota));
  const std::string disk(text(Reply::kDiskFull));
  EXPECT_EQ(mail.size().copies, 6U);
  ServerSettings settings;
  Transaction in_parts = mail;
  EXPECT_EQ(in_parts.answer(settings, {kDone}), "");
  EXPECT_EQ(in_parts.answer(settings, {kOverQuota, kDiskFull}), disk);
  settings.dialect = Dialect::kLmtp;
  in_parts = mail;
  EXPECT_EQ(in_parts.answer(settings, {kDone}), done);
  EXPECT_FALSE(in_parts.answered());
  EXPECT_EQ(in_parts.answer(settings, {kOverQuota}), full + done);
  EXPECT_EQ(in_parts.answer(settings, {kDiskFull}), disk);
  EXPECT_TRUE(in_parts.answered());
  settings.full_is_temporary = true;
  EXPECT_EQ(Transaction(mail).answer(settings, {kDone, kOverQuota, kDiskFull}),
            done + std::string(text(Reply::kFullForNow)) + done + disk);
  const std::string large(text(Reply::kTooLarge));
  EXPECT_EQ(mail.answers(Dialect::kLmtp, Reply::kTooLarge), large + large + large + large);
  EXPECT_EQ(mail.answers(Dialect::kSmtp, Reply::kTooLarge), large);
  mail.reset();
  EXPECT_FALSE(mail.begun());
  EXPECT_EQ(mail.accepted(), 0U);
}

TEST(EnvelopeSize, TheFirstRecipientIsAlwaysTaken) {
  ServerSettings settings;
  settings.envelope_bytes_max = 100;
  EXPECT_FALSE(EnvelopeSize().with(1000).is_too_large(1000, settings));
  EXPECT_FALSE((EnvelopeSize{2, 4}).is_too_large(25, settings));
  EXPECT_TRUE((EnvelopeSize{2, 4}).is_too_large(26, settings));
  settings.envelope_bytes_max = 0;
  EXPECT_FALSE((EnvelopeSize{2, 4}).is_too_large(~std::uint64_t{0}, settings));
}

TEST(Verdicts, HaveTheirReplies) {
  EXPECT_EQ(to_reply(Recipient::kUnknown), Reply::kUnknownRecipient);
  EXPECT_EQ(to_reply(Recipient::kTemporary), Reply::kTemporary);
  EXPECT_EQ(to_reply(Failure::kSpool), Reply::kDiskFull);
  EXPECT_EQ(to_reply(Failure::kLoop), Reply::kLoop);
}

}  // namespace
}  // namespace restante::smtp
