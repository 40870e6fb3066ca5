#include "fetch/hand_on/imap_folder.h"

#include <gtest/gtest.h>

namespace restante::fetch {
namespace {

TEST(ImapFolder, ComesFromTheAddress) {
  EXPECT_EQ(imap_folder_of("imap://h/INBOX"), "INBOX");
  EXPECT_EQ(imap_folder_of("imaps://h:993/[Gmail]/All Mail"), "[Gmail]/All Mail");
  EXPECT_EQ(imap_folder_of("imap://h/[Gmail]/All%20Mail"), "[Gmail]/All Mail");
  EXPECT_EQ(imap_folder_of("imap://h/100%"), "100%");
  EXPECT_EQ(imap_folder_of("imap://h/Gel%C3%B6scht"), "Gel\xC3\xB6scht");
}

TEST(ImapFolder, WithoutOneItIsTheInbox) {
  EXPECT_EQ(imap_folder_of("imap://h"), "INBOX");
  EXPECT_EQ(imap_folder_of("imap://h/"), "INBOX");
}

// RFC 3501 s.5.1.3 has the last but one.
TEST(ImapFolder, GoesAsModifiedUtf7) {
  EXPECT_EQ(modified_utf7("INBOX"), "INBOX");
  EXPECT_EQ(modified_utf7("Gel\xC3\xB6scht"), "Gel&APY-scht");
  EXPECT_EQ(modified_utf7("R & D"), "R &- D");
  EXPECT_EQ(
      modified_utf7("~peter/mail/\xE5\x8F\xB0\xE5\x8C\x97/\xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E"),
      "~peter/mail/&U,BTFw-/&ZeVnLIqe-");
  EXPECT_EQ(modified_utf7("\xF0\x9F\x93\xAB"), "&2D3c6w-");
}

TEST(ImapFolder, WhatIsEncodedStaysAndSoDoesWhatIsNoUtf8) {
  EXPECT_EQ(modified_utf7("Gel&APY-scht"), "Gel&APY-scht");
  EXPECT_EQ(modified_utf7("A&-B"), "A&-B");
  EXPECT_EQ(modified_utf7("\xE4"), "\xE4");
  EXPECT_EQ(modified_utf7("x\xC3"), "x\xC3");
}

}  // namespace
}  // namespace restante::fetch
