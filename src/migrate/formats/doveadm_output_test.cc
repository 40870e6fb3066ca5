#include "migrate/formats/doveadm_output.h"

#include <gtest/gtest.h>

namespace restante::migrate {
namespace {

constexpr std::string_view kColumns =
    "uid\tguid\tpop3.uidl\tpop3.order\tdate.received.unixtime\tsize.virtual\tstorageid\n";

TEST(DoveadmOutput, HasALineAMessage) {
  const auto messages = parse_doveadm_messages(std::string(kColumns) +
                                               "1\tabc\t\t\t1796036511\t55\t\n"
                                               "7\tdef\told-7\t2\t1796036512\t56\tfile\n");
  ASSERT_TRUE(messages);
  ASSERT_EQ(messages->size(), 2U);
  EXPECT_EQ((*messages)[0].uid, 1U);
  EXPECT_EQ((*messages)[0].guid, "abc");
  EXPECT_FALSE((*messages)[0].pop3_order);
  EXPECT_EQ((*messages)[0].received_unix, 1796036511);
  EXPECT_EQ((*messages)[0].octets, 55U);
  EXPECT_EQ((*messages)[1].pop3_uidl, "old-7");
  EXPECT_EQ((*messages)[1].pop3_order, 2U);
  EXPECT_EQ((*messages)[1].storage_id, "file");
}

TEST(DoveadmOutput, OfAnEmptyMailboxHasNoLine) {
  EXPECT_TRUE(parse_doveadm_messages("")->empty());
  EXPECT_TRUE(parse_doveadm_messages(kColumns)->empty());
}

TEST(DoveadmOutput, OfAnotherKindIsRefused) {
  for (const std::string_view rest :
       {"1\tabc\t\t\t17\t55\n", "x\tabc\t\t\t17\t55\t\n", "0\tabc\t\t\t17\t55\t\n",
        "1\tabc\t\tx\t17\t55\t\n", "1\tabc\t\t\t\t55\t\n", "99999999999\ta\t\t\t1\t5\t\n"})
    EXPECT_FALSE(parse_doveadm_messages(std::string(kColumns).append(rest))) << rest;
  EXPECT_FALSE(parse_doveadm_messages("doveadm: unknown\n"));
}

TEST(DoveadmOutput, CountsMailboxes) {
  const auto all =
      parse_doveadm_mailboxes("mailbox\tmessages\tuidvalidity\nINBOX\t3\t17\nOld mail\t0\t18\n");
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 2U);
  EXPECT_EQ((*all)[1].name, "Old mail");
  EXPECT_EQ((*all)[0].uid_validity, 17U);
  EXPECT_EQ((*all)[0].messages, 3U);
  EXPECT_FALSE(parse_doveadm_mailboxes("mailbox\nINBOX\n"));
}

/// A mail may hold what looks like the next message: its size says where it ends.
TEST(DoveadmOutput, GivesMessagesByTheirSizes) {
  const std::string text = "A: b\n\n\f\nuid: 9\nsize.physical: 1\ntext:\nx\n";
  const std::string whole = "uid: 5\nsize.physical: " + std::to_string(text.size()) + "\ntext:\n" +
                            text + "\f\nuid: 6\nsize.physical: 1\ntext:\nx\n";
  std::string_view rest = whole;
  auto head = take_doveadm_head(rest);
  ASSERT_TRUE(head && *head);
  EXPECT_EQ((*head)->uid, 5U);
  ASSERT_EQ((*head)->octets, text.size());
  rest.remove_prefix(text.size());
  EXPECT_EQ(take_doveadm_separator(rest, false), true);
  head = take_doveadm_head(rest);
  ASSERT_TRUE(head && *head);
  EXPECT_EQ((*head)->uid, 6U);
  rest.remove_prefix(1);  // Its last line has no end: doveadm has made one.
  EXPECT_EQ(take_doveadm_separator(rest, true), true);
  EXPECT_TRUE(rest.empty());
}

TEST(DoveadmOutput, WaitsForTheRest) {
  const std::string_view head = "uid: 5\nsize.physical: 12\ntext:\n";
  for (std::size_t size = 0; size < head.size(); ++size) {
    std::string_view part = head.substr(0, size);
    const auto taken = take_doveadm_head(part);
    ASSERT_TRUE(taken) << size;
    EXPECT_FALSE(*taken) << size;
  }
  for (std::string_view part : {"", "\f", "\n", "\n\f"})
    EXPECT_EQ(take_doveadm_separator(part, false), false) << part;
}

TEST(DoveadmOutput, RefusesWhatIsNone) {
  for (std::string_view text : {"uid: x\nsize.physical: 1\ntext:\n", "uid: 1\ntext:\n",
                                "uid: 1\nsize.physical: 1\nmore: 1\ntext:\n"})
    EXPECT_FALSE(take_doveadm_head(text)) << text;
  const std::string endless(1000, 'x');
  std::string_view text = endless;
  EXPECT_FALSE(take_doveadm_head(text));
  for (std::string_view behind : {"x", "\n\n", "\fx", "\n\fx"})
    EXPECT_FALSE(take_doveadm_separator(behind, false)) << behind;
  std::string_view torn = "\f";
  EXPECT_FALSE(take_doveadm_separator(torn, true));
}

}  // namespace
}  // namespace restante::migrate
