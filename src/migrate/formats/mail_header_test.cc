#include "migrate/formats/mail_header.h"

#include <gtest/gtest.h>

#include "migrate/formats/digests.h"

namespace restante::migrate {
namespace {

/// The sums are what Dovecot 2.3.19 said for %m.
TEST(MailHeader, MakesDovecotsSum) {
  EXPECT_EQ(read_notes("From: a@b\nDate: Mon, 1 Jan 2024 00:00:00 +0000\nMessage-ID: <1@x>\n"
                       "Status: RO\nX-Foo: 1\n")
                .md5,
            "eaee37b93cdbb369e75974475239154b");
  EXPECT_EQ(read_notes("From: a@b\nSubject: two\nX-Status: A\nReceived: from x\n\tby y; now\n"
                       "Received: from z\n")
                .md5,
            "373603661a7d3f50c99640bd54ecd6a4");
  EXPECT_EQ(read_notes("Subject: three\nX-UIDL: abcde\nDate: x\n").md5,
            "9dd4e461268c8034f5c8564e155c67a6");
  EXPECT_EQ(read_notes("Subject: four\n").md5, md5_of(""));
}

TEST(MailHeader, ReadsNotes) {
  const MboxNotes notes = read_notes(
      "X-IMAPbase:      1234567      0000000005\r\nx-uid: 3   \r\nX-UIDL: <ab c>\r\n"
      "Content-Length: 12\r\n\r\nX-UID: 9\r\n");
  EXPECT_EQ(notes.uid, 3U);
  EXPECT_EQ(notes.uid_validity, 1234567U);
  EXPECT_FALSE(notes.is_internal);
  EXPECT_EQ(notes.uidl, "<ab c>");
  EXPECT_EQ(notes.content_length, 12U);
  EXPECT_TRUE(read_notes("X-IMAP: 1 2\n").is_internal);
}

TEST(MailHeader, TakesNoNonsense) {
  const MboxNotes notes =
      read_notes("X-UID: -3\nX-IMAPbase: x\nContent-Length: 1 2\nX-UIDL:\n: y\nz\n\tq\n");
  EXPECT_EQ(notes.uid, 0U);
  EXPECT_EQ(notes.uid_validity, 0U);
  EXPECT_EQ(notes.uidl, "");
  EXPECT_FALSE(notes.content_length);
}

TEST(MailHeader, LeavesNotesOut) {
  const std::string header =
      "Subject: x\n y\nStatus: RO\nX-Keywords: a\n\tb\nX-UID: 1\nX-UIDL: u\nFrom: a\n\n";
  std::string out = "before ";
  append_without_notes(header, false, out);
  EXPECT_EQ(out, "before Subject: x\n y\nX-UIDL: u\nFrom: a\n\n");
  out.clear();
  append_without_notes(header, true, out);
  EXPECT_EQ(out, "Subject: x\n y\nFrom: a\n\n");
}

}  // namespace
}  // namespace restante::migrate
