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
    std::vector<Delivery> verdicts;
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
    EXPECT_EQ(to_single_reply(c.verdicts), c.reply);
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
    mail.add(name);
  EXPECT_EQ(mail.accepted(), 4U);
  EXPECT_EQ(mail.declared_bytes(), 7U);
  EXPECT_EQ(mail.envelope().sender, "s s@client.example");
  EXPECT_THAT(mail.envelope().recipients,
              ElementsAre("a@example.test", "b@example.test", "A@example.test"));
  const std::string done(text(Reply::kDelivered));
  const std::string full(text(Reply::kOverQuota));
  const std::string disk(text(Reply::kDiskFull));
  EXPECT_EQ(mail.answers(Dialect::kLmtp, {kDone, kOverQuota, kDiskFull}),
            done + full + done + disk);
  EXPECT_EQ(mail.answers(Dialect::kSmtp, {kDone, kOverQuota, kDiskFull}), disk);
  const std::string large(text(Reply::kTooLarge));
  EXPECT_EQ(mail.answers(Dialect::kLmtp, Reply::kTooLarge), large + large + large + large);
  EXPECT_EQ(mail.answers(Dialect::kSmtp, Reply::kTooLarge), large);
  mail.reset();
  EXPECT_FALSE(mail.begun());
  EXPECT_EQ(mail.accepted(), 0U);
}

TEST(Verdicts, HaveTheirReplies) {
  EXPECT_EQ(to_reply(Recipient::kUnknown), Reply::kUnknownRecipient);
  EXPECT_EQ(to_reply(Recipient::kTemporary), Reply::kTemporary);
  EXPECT_EQ(to_reply(Failure::kSpool), Reply::kDiskFull);
  EXPECT_EQ(to_reply(Failure::kLoop), Reply::kLoop);
}

}  // namespace
}  // namespace restante::smtp
