#include "mail/message_ids.h"

#include <gtest/gtest.h>

namespace restante::mail {
namespace {

TEST(MessageIds, AreThoseOfTheTopmostFields) {
  const auto ids = find_message_ids(
      "Received: from a (helo id wrong) (a.example [192.0.2.1] (id X))\r\n"
      "\tby mx.example (Postfix) with ESMTPS id 4f2A6Z1;\r\n\tSun, 29 Nov 2026\r\n"
      "Received: by b with SMTP id second; Sun\r\n"
      "Subject: id none\r\n"
      "message-ID:\r\n <long.one@example.org>\r\n\r\nMessage-ID: <body@example.org>\r\n");
  EXPECT_EQ(ids.message_id, "<long.one@example.org>");
  EXPECT_EQ(ids.received_id, "4f2A6Z1");
}

TEST(MessageIds, AreEmptyWhereThereAreNone) {
  for (const char* text :
       {"", "\r\n", "Subject: x\r\n\r\nMessage-ID: <a@b>\r\n", "Received: by a; Sun\r\n\r\n",
        "Received: by a id", "Received: (id x)\r\nReceived: by b id y\r\n\r\n", "no header",
        "Message-ID:\r\n\r\n", "Received:", "Received: ) id"}) {
    const auto ids = find_message_ids(text);
    EXPECT_EQ(ids.message_id, "") << text;
    EXPECT_EQ(ids.received_id, "") << text;
  }
}

TEST(MessageIds, TakeWhatStrangersWrite) {
  EXPECT_EQ(find_message_ids("Message-ID: no-brackets more\r\n").message_id, "no-brackets");
  EXPECT_EQ(find_message_ids("Message-ID: <open\r\n").message_id, "<open");
  EXPECT_EQ(find_message_ids("Message-ID: <cut@example").message_id, "<cut@example");
  EXPECT_EQ(find_message_ids("Received: by a ID x;y\n\n").received_id, "x");
}

}  // namespace
}  // namespace restante::mail
